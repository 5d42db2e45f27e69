# A model of each family is trained from scratch, goes on as the same, and continues text.
. "$(dirname "$0")/lib-train.sh"
for family in mistral qwen2 qwen3 gpt2; do
  run 0 aiops train train.yaml --set model.family=$family --set steps=4 --out $family
  grep -q "\"model_type\": \"$family\"" $family/model/config.json || fail "config.json is not of $family"
  run 0 aiops generate $family/model 'In the' --tokens 3
  out_has '^In the'
done
run 2 aiops train train.yaml --set model.family=qwen3 --set steps=4 --out gpt2
err_has 'model.family was "gpt2"'
run 2 aiops train train.yaml --set steps=4 --out gpt2   # a run says its family even when it is the usual one
run 2 aiops train train.yaml --set model.family=gpt2 --set model.kv_heads=1
err_has "'kv_heads' does not go with family gpt2"
