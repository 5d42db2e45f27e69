# torch's AdamW, SGD and Muon come to the weights that our optimisers come to, from the same model by the same steps.
# PARITY_PYTHON names a python3 that has torch and transformers, if the usual one has not.
. "$(dirname "$0")/../lib.sh"
probe=$BUILD/tests/optimiser_parity
[ -x "$probe" ] || skip "$probe is not built"
python=${PARITY_PYTHON:-$(command -v python3)} || skip "python3 is not installed"
run 0 "$probe" "$t"
"$python" -B "$SOURCE/tests/interop/optimiser_parity.py" "$t" >"$t/report" 2>"$t/talk" || { code=$?; cat "$t/report" "$t/talk"; exit $code; }
cat "$t/report"
[ "$(wc -l <"$t/report")" = 4 ] || fail "not every optimiser was compared"
