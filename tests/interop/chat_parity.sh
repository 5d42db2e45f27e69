# Jinja, set as transformers sets it, renders the same text from templates with the features of the families'. PARITY_PYTHON
# names a python3 that has jinja2, if the usual one has not.
. "$(dirname "$0")/../lib.sh"
probe=$BUILD/tests/chat_parity
[ -x "$probe" ] || skip "$probe is not built"
python=${PARITY_PYTHON:-$(bash "$SOURCE/tests/interop/venv.sh" jinja2)} || exit 77
run 0 "$python" "$SOURCE/tests/interop/chat_parity.py" "$probe"
out_has '^renderings equal: ([0-9]+) of \1, [0-9]+ refused by both$'
