# Adapters are used over their base: the one they name, or --base; from a directory and the store; merged; and learnt on.
. "$(dirname "$0")/lib-train.sh"
export AIOPS_STORE=$t/store
run 0 aiops train train.yaml --out base --set steps=20
cat >lora.yaml <<'END'
data: {path: corpus.txt, validation: 0.05}
model: {base: base/model}
lora: {rank: 4, dropout: 0.1}
optimiser: {lr: 0.01}
batch: {rows: 4}
steps: 12
END
run 0 aiops train lora.yaml --out a
run 0 aiops train lora.yaml --out one --threads 1
cmp a/model/adapter_model.safetensors one/model/adapter_model.safetensors || fail "one thread drops something else"
[ "$(jq .lora_dropout a/model/adapter_config.json)" = 0.1 ] || fail "adapter_config.json does not say the dropout"
say() { run 0 aiops generate "$@" 'In the' --temperature 0 --tokens 12; }
say a/model; cp out said
mv base elsewhere
run 5 aiops generate a/model 'In the'
err_has 'a/model: the base that it names cannot be read: .*base/model'
err_has 'try: --base MODEL'
say a/model --base elsewhere/model; cmp out said || fail "--base is another model"
run 2 aiops generate elsewhere/model --base elsewhere/model 'In the'
err_has 'elsewhere/model: holds no adapters, and so has no base'
run 2 aiops generate a/model --base a/model 'In the'
err_has 'holds adapters, which need their base'
# Measured and merged.
measure() { run 0 aiops eval "$@" --data corpus.txt -o json; jq .perplexity out; }
with=$(measure a/model --base elsewhere/model) without=$(measure elsewhere/model)
awk -v a="$with" -v b="$without" 'BEGIN { exit !(a < b) }' || fail "the adapters make it worse: $with, $without"
for how in 'gguf m.gguf' 'hf m'; do
  set -- $how
  run 0 aiops checkpoint export a/model --base elsewhere/model --format "$1" --out "$2"
  out_has '0.0001 is allowed'
  say "$2"; cmp out said || fail "merged into $2 it says something else"
done
[ ! -e m/adapter_config.json ] || fail "a merged model is no adapter"
# From the store.
run 0 aiops pack elsewhere/model -t base:1
run 0 aiops pack a/model -t adapter:1
say adapter:1 --base base:1; cmp out said || fail "the store's adapters say something else"
# Learnt on, from a directory or the store alike.
sed -i 's,base/model,base:1,; /^lora/d; s/steps: 12/steps: 4/' lora.yaml
run 0 aiops train lora.yaml --out b --set model.adapter=a/model
run 0 aiops train lora.yaml --out c --set model.adapter=adapter:1
cmp b/model/adapter_model.safetensors c/model/adapter_model.safetensors || fail "directory and artifact train differently"
[ "$(jq '.r, .lora_dropout' b/model/adapter_config.json | xargs)" = '4 0.1' ] || fail "other adapters: $(cat b/model/adapter_config.json)"
[ "$(jq -r .adapter.name b/latest/training/trainer_state.json)" = a/model ] || fail "the state does not name them"
run 0 aiops lineage b
out_has '^adapter +sha256:[0-9a-f]{12} +a/model$'
run 2 aiops train lora.yaml --out b
err_has 'it began with a model.adapter, a/model'
run 2 aiops train lora.yaml --out d --set model.adapter=a/model --set lora.rank=8
err_has "'rank' does not go with 'model.adapter'"
run 2 aiops train lora.yaml --out d --set model.base=a/model
err_has 'model.base: a/model holds adapters, not a model'
run 2 aiops train lora.yaml --out d --set model.adapter=base:1
err_has 'base:1: holds no adapter'
sed -i 's/"r": 4/"r": 8/' a/model/adapter_config.json
run 1 aiops train lora.yaml --out d --set model.adapter=a/model
err_has 'lora_A.weight is \[4,[0-9]+\], configuration and base say \[8,'
[ ! -e d/latest ] || fail "it began"
