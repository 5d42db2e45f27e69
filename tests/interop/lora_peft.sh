# An adapter trained here is one for peft: over its base it gives the logits of the model that we merged it into. What peft
# writes, in whatever way it says where adapters are, is merged here into the model that it is there, and learnt on.
. "$(dirname "$0")/../cli/lib-train.sh"
python=${PARITY_PYTHON:-python3}
"$python" -c 'import peft, torch, transformers' 2>/dev/null || skip "no Python with peft, torch and transformers (PARITY_PYTHON)"
peft() { run 0 "$python" -B "$SOURCE/tests/interop/lora_peft.py" "$@"; }
run 0 aiops train train.yaml --out base --set steps=20
run 0 aiops train train.yaml --out gpt2-base --set steps=1 --set model.family=gpt2
peft make base/model gpt2-base/model
variants=(list regex all-linear layers excluded rslora patterns half gpt2)
for variant in "${variants[@]}"; do
  run 0 aiops checkpoint export $variant --format hf --out $variant/merged   # over the base that it names
  run 0 aiops generate $variant 'In the' -n 2
done
peft check "${variants[@]}"
cat "$t/out"
refuses() { run 1 aiops generate "refused-$1" 'In the'; err_has "$2"; }
refuses dora "adapter_config.json: 'use_dora' is true, which is not supported"
refuses saved "'modules_to_save' is"
refuses bias "'bias' is \"all\""
refuses head 'lm_head'
cat >lora.yaml <<'END'
data: {path: corpus.txt, validation: 0.05}
model: {base: base/model}
lora: {rank: 4, alpha: 10, targets: [q_proj, v_proj, up_proj, down_proj]}
optimiser: {lr: 0.02}
batch: {rows: 4}
steps: 10
END
run 0 aiops train lora.yaml --out adapted
run 0 aiops train lora.yaml --out merged --set lora.merge=true
peft compare base/model merged/model adapted/model
sed -i '/^lora/d' lora.yaml
for variant in patterns rslora; do
  run 0 aiops train lora.yaml --set model.adapter=$variant --out on-$variant
  run 0 aiops train lora.yaml --set model.adapter=$variant --out on-$variant-merged --set lora.merge=true
  peft compare base/model on-$variant-merged/model on-$variant/model
done
