# Training, generating and judging on a GPU, which the stand-ins of tests/fakes are here: what the CPU computes, the same bits
# each time, resumed too; refused where there is none.
. "$(dirname "$0")/lib-device.sh"
. "$(dirname "$0")/lib-train.sh"
needs python3
small=(--set model.hidden_size=16 --set model.context=16 --set tokenizer.vocab_size=270 --set batch.rows=2 --set eval.batches=1)
run 7 "$alone" train train.yaml "${small[@]}" --out none --device cuda --set steps=2
err_has 'plug-in'; err_has '^ +try: '; out_empty
[ ! -e none ] || fail "something was written without a GPU"
run 2 aiops train train.yaml --out none --device gpu; err_has "'gpu'"
needs_fakes
run 7 on_fakes aiops train train.yaml --out none --device cuda --gpu 3; err_has 'no GPU'

run 0 aiops train train.yaml "${small[@]}" --out cpu --set steps=4
run 0 on_fakes aiops train train.yaml "${small[@]}" --out gpu --device cuda --set steps=4
steps cpu gpu 1e-3
! grep -q CONTRACT "$t/err" || fail "training breaks a contract: $(grep -m1 CONTRACT "$t/err")"
run 0 on_fakes env FAKE_CUDART_ORDER=7 FAKE_CUDART_THREADS=reverse aiops train train.yaml "${small[@]}" --out again --device cuda --set steps=4
cmp gpu/model/model.safetensors again/model/model.safetensors || fail "the same run, other bits"
cmp gpu/step-4/training/optimizer.safetensors again/step-4/training/optimizer.safetensors || fail "the same run, other moments"

# Resumed: a checkpoint after two steps, and two more, with the schedule of four.
run 0 on_fakes aiops train train.yaml "${small[@]}" --out part --device cuda --set steps=4 --set checkpoint.every=2 --set checkpoint.keep=9
cp -r part/step-2 two
run 0 on_fakes aiops train train.yaml "${small[@]}" --out rest --device cuda --set steps=4 --resume two
err_has 'going on from'
cmp gpu/model/model.safetensors rest/model/model.safetensors || fail "the resumed run ends with other bits"
# On the CPU it goes on too, and says so.
run 0 aiops train train.yaml "${small[@]}" --out part --set steps=5
err_has 'device was "cuda" and is now "cpu"'

run 0 on_fakes aiops train train.yaml "${small[@]}" --out gpu16 --device cuda --set steps=4 --set precision=bf16
steps cpu gpu16 2e-2
run 0 on_fakes aiops generate gpu/model 'In the' --device cuda --temperature 0 -n 6; cp out text
run 0 aiops generate gpu/model 'In the' --temperature 0 -n 6; cmp out text || fail "the GPU says something else"
head -3 corpus.txt >short.txt
run 0 on_fakes env AIOPS_COMPUTE_DEVICE=cuda aiops eval gpu/model --data short.txt -o json
json 'v["tokens"] > 20'
python3 -c 'import json; print(json.load(open("out"))["loss"])' >loss
run 0 aiops eval gpu/model --data short.txt -o json
json "abs(v['loss'] - $(cat loss)) < 1e-3 * v['loss']"

# What it would take, of both memories.
run 0 on_fakes aiops train train.yaml "${small[@]}" --out planned --device cuda --set steps=4 --plan
out_has '^GPU memory   [0-9.]+ [MG]iB of [0-9.]+ [GT]iB that are free'
run 0 on_fakes aiops train train.yaml "${small[@]}" --out planned --device cuda --set steps=4 --plan -o json
json 'v["gpu_memory"] > 0 and v["memory"]["gradients"] == v["memory"]["activations"] == 0 < v["memory"]["parameters"]'

# Two ranks, each with a GPU of its own: the gradient of one with all rows (tests/cli/train-nccl.sh has more).
run 0 on_fakes env FAKE_CUDART_DEVICES=2 aiops train train.yaml "${small[@]}" --out both --device cuda --ranks 2 --set steps=4 --set batch.rows=1
steps gpu both 1e-3
run 0 on_fakes aiops train train.yaml "${small[@]}" --out one --device cuda --ranks 2 --set steps=4 --set batch.rows=1  # sharing the only one
cmp both/model/model.safetensors one/model/model.safetensors || fail "another GPU, other bits"
