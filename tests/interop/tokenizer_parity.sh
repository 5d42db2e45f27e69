# Hugging Face's tokenizers gives the same ids for mixed text, for tokenizers of each family's structure. PARITY_PYTHON names a
# python3 that has it, if the usual one has not. By hand, with more text: see docs/PERFORMANCE.md.
. "$(dirname "$0")/../lib.sh"
probe=$BUILD/tests/tokenizer_parity
[ -x "$probe" ] || skip "$probe is not built"
python=${PARITY_PYTHON:-$(bash "$SOURCE/tests/interop/venv.sh" tokenizers)} || exit 77
run 0 "$python" "$SOURCE/tests/interop/tokenizer_parity.py" "$probe" "$t" 0.5
[ "$(grep -c ': \([0-9]*\) of \1 texts equal' "$t/out")" = 8 ] || fail "$(cat "$t/out")"
