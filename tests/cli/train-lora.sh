# Adapters are trained beside a frozen base, go on bit for bit, and are merged on request.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops train train.yaml --out base --set steps=20
cat >lora.yaml <<'END'
data: {path: corpus.txt, validation: 0.05}
model: {base: base/model}
lora: {rank: 4}
optimiser: {lr: 0.01}
batch: {rows: 4}
steps: 12
checkpoint: {every: 4}
END
run 0 aiops train lora.yaml --out whole
adapter=whole/model
[ "$(jq -r '.peft_type, .r, .lora_alpha, .base_model_name_or_path' $adapter/adapter_config.json | xargs)" = 'LORA 4 8 base/model' ] || fail "adapter_config.json"
[ "$(jq '.target_modules | length' $adapter/adapter_config.json)" = 7 ] || fail "not all matrices"
[ -e $adapter/adapter_model.safetensors ] && [ ! -e $adapter/model.safetensors ] || fail "not an adapter"
# The base is frozen, so the optimiser's state is that of the adapters alone.
small=$(stat -c %s whole/latest/training/optimizer.safetensors) large=$(stat -c %s base/latest/training/optimizer.safetensors)
[ "$((small * 2))" -lt "$large" ] || fail "moments of frozen weights: $small of $large"
run 0 aiops train lora.yaml --out parts
rm -r parts/step-12 parts/model
ln -sfn step-8 parts/latest
run 0 aiops train lora.yaml --out parts
[ "$(sha parts/model/adapter_model.safetensors)" = "$(sha $adapter/adapter_model.safetensors)" ] || fail "it went on as another run"
run 2 aiops train lora.yaml --out parts --set lora.rank=8
err_has 'lora.(rank|alpha) was'
run 0 aiops train lora.yaml --out merged --set lora.merge=true
[ ! -e merged/model/adapter_config.json ] || fail "not merged"
run 0 aiops generate merged/model 'In the' --temperature 0 --tokens 12
cp out said
run 0 aiops generate $adapter 'In the' --temperature 0 --tokens 12
cmp out said || fail "the adapter and the merged model say different things"
for targets in query q_proj,query '[q_proj, query]'; do
  run 2 aiops train lora.yaml --out bad --set "lora.targets=$targets"
  err_has "no matrix of this model is called 'query'"
done
run 2 aiops train train.yaml --out bad --set lora.rank=4
err_has "'lora' needs a 'model.base'"
