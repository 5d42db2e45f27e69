# transformers loads the models that we write, and we those that it writes, of every family; both compute the same loss,
# logits and gradients. PARITY_PYTHON names a python3 that has torch and transformers, if the usual one has not.
. "$(dirname "$0")/../lib.sh"
probe=$BUILD/tests/family_parity
[ -x "$probe" ] || skip "$probe is not built"
python=${PARITY_PYTHON:-$(command -v python3)} || skip "python3 is not installed"
script=$SOURCE/tests/interop/family_parity.py
says() {  # a python that lacks the libraries skips the test
  "$python" "$script" "$@" >"$t/report" 2>&1 && return
  code=$?
  cat "$t/report"
  exit $code
}
for family in llama mistral qwen2 qwen3 gpt2; do
  for head in tied untied; do
    mkdir "$t/$family-$head" "$t/theirs-$family-$head"
    "$probe" "$t/$family-$head" $family $head || fail "cannot write a model of $family"
    says check "$t/$family-$head"
    echo "ours, $family, $head: $(tail -1 "$t/report")"
    says make "$t/theirs-$family-$head" $family $head
    "$probe" "$t/theirs-$family-$head" || fail "cannot read the $family of transformers"
    says check "$t/theirs-$family-$head"
    echo "theirs, $family, $head: $(tail -1 "$t/report")"
  done
done
