# transformers loads the models that we write, and we those that it writes, of every family, for text and with a head for
# labels or numbers; both compute the same loss, logits and gradients. PARITY_PYTHON names a python3 that has torch and transformers, if the usual one has not.
. "$(dirname "$0")/../lib.sh"
probe=$BUILD/tests/family_parity
[ -x "$probe" ] || skip "$probe is not built"
python=${PARITY_PYTHON:-$(command -v python3)} || skip "python3 is not installed"
says() {  # a python that lacks the libraries skips the test
  "$python" -B "$SOURCE/tests/interop/family_parity.py" "$@" >"$t/report" 2>"$t/talk" && return
  code=$?
  cat "$t/report" "$t/talk"
  exit $code
}
for family in llama mistral qwen2 qwen3 gpt2; do
  for head in tied untied labels numbers; do
    mkdir "$t/ours-$family-$head" "$t/theirs-$family-$head"
    "$probe" "$t/ours-$family-$head" $family $head || fail "cannot write a model of $family"
  done
done
says make "$t"/theirs-*
for model in "$t"/theirs-*; do "$probe" "$model" || fail "cannot read what transformers wrote: $(basename "$model")"; done
says check "$t"/ours-* "$t"/theirs-*
cat "$t/report"
[ "$(wc -l <"$t/report")" = 40 ] || fail "not every model was compared"
