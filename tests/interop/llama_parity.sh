# transformers loads the model that we write, and computes the same loss, logits and gradients from it. PARITY_PYTHON names
# a python3 that has torch and transformers, if the usual one has not.
. "$(dirname "$0")/../lib.sh"
probe=$BUILD/tests/llama_parity
[ -x "$probe" ] || skip "$probe is not built"
python=${PARITY_PYTHON:-$(command -v python3)} || skip "python3 is not installed"
for head in tied untied; do
  mkdir "$t/$head"
  "$probe" "$t/$head" "$head"
  "$python" "$SOURCE/tests/interop/llama_parity.py" "$t/$head" >"$t/report" 2>&1 && continue
  code=$?
  cat "$t/report"
  exit $code
done
