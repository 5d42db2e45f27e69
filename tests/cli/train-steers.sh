# A run ends when validation stops improving, keeps the best checkpoint, says what it would write, and skips outliers.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops train train.yaml --out early --set steps=400 --set optimiser.lr=0.3 --set optimiser.clip=0 --set eval.every=5 \
  --set eval.patience=2 --set checkpoint.every=0 --set eval.samples.prompts='In the' --set eval.samples.tokens=5
err_has 'step [0-9]+: no better validation loss in 2 evaluations; that of step [0-9]+ stays the best'
err_has 'step [0-9]+: "In the" -> "'
best=$(readlink early/best)
[ -d "early/$best" ] || fail "the best checkpoint, $best, is gone"
cmp "early/$best/model.safetensors" early/model/model.safetensors || fail "the model is not the best checkpoint"
[ "$best" != "$(readlink early/latest)" ] || fail "the best is the last"
out_has "^early/model: ${best/-/ }, the best, validation loss [0-9.]+; the last is step [0-9]+, loss "
grep -q '"sample":' early/metrics.jsonl || fail "no sample in metrics.jsonl"
# The same command again knows that it came to its end.
run 0 aiops train train.yaml --out early --set steps=400 --set optimiser.lr=0.3 --set optimiser.clip=0 --set eval.every=5 \
  --set eval.patience=2 --set checkpoint.every=0 --set eval.samples.prompts='In the' --set eval.samples.tokens=5
err_has 'is done already: nothing is left to train'
# Other extents: epochs and tokens become steps.
sed -i '/^steps/d' train.yaml
run 0 aiops train train.yaml --out tokens --set tokens=1000
out_has '^tokens/model: step 8,'  # 4 rows of 32 tokens a step
run 0 aiops train train.yaml --out epoch --set epochs=0.1 --set precision=bf16 --set recompute=layers
out_has '^epoch/model: step [0-9]+,'
run 2 aiops train train.yaml --set epochs=1 --set tokens=5
err_has "'tokens' does not go with 'epochs'"
run 2 aiops train train.yaml
err_has "'steps', 'epochs', 'tokens' or 'minutes' is needed"
