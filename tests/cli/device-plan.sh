# A plan for a GPU that is not there: buffers that add up, the largest batch, times labelled as estimates, and what cuDNN says.
. "$(dirname "$0")/lib-device.sh"
needs python3
cat >train.yaml <<'END'
data: {path: corpus.txt}
tokenizer: {vocab_size: 4096}
model: {hidden_size: 512, layers: 8, heads: 8, kv_heads: 2, context: 1024}
batch: {rows: 4}
precision: bf16
steps: 10
END
run 0 "$alone" device plan --arch h100 --model train.yaml; err_empty
out_has '^gpu +NVIDIA H100 .*compute capability 9.0'
out_has '^batch +4 rows x 1024 tokens, 1 of these a step, bf16$'
out_has '^memory +.* of 79.2 GiB: fits$'
out_has '^  optimiser +[0-9.]+ MiB$'
out_has '^largest +[0-9]+ rows at once$'
out_has '^step +[0-9.e-]+ s at best, .* tokens/s: .* at 989.4 TFLOP/s, .* at 3350 GB/s$'
out_has '^engine +not asked: the CUDA plug-in'
out_has '^label +an estimate: .*nothing was measured'
run 0 "$alone" device plan --arch rtx4090 --model train.yaml --rows 2 --length 256 --precision fp32 -o json
json 'sum(b["bytes"] for b in v["memory"]["buffers"]) == v["memory"]["total"] and v["memory"]["fits"] and v["label"].startswith("an estimate")'
json 'v["rows"] == 2 and v["length"] == 256 and v["precision"] == "fp32" and v["step"]["tokens"] == 512'
json 'abs(v["step"]["seconds_at_best"] - max(v["step"]["seconds_computing"], v["step"]["seconds_moving"])) < 1e-12'
largest=$(python3 -c 'import json; print(json.load(open("out"))["memory"]["largest_rows"])')
run 0 "$alone" device plan --arch rtx4090 --model train.yaml --length 256 --precision fp32 --rows "$largest" -o json; json 'v["memory"]["fits"]'
run 0 "$alone" device plan --arch rtx4090 --model train.yaml --length 256 --precision fp32 --rows $((largest + 1)) -o json; json 'not v["memory"]["fits"]'

# A model by its configuration alone.
mkdir model; cat >model/config.json <<'END'
{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 128256, "hidden_size": 8192, "intermediate_size": 28672,
 "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8, "max_position_embeddings": 8192, "rms_norm_eps": 1e-5,
 "rope_theta": 500000.0, "hidden_act": "silu", "tie_word_embeddings": false}
END
run 0 "$alone" device plan --arch b200 --model model --rows 1
out_has '^model +70.6B parameters$'; out_has ': does not fit$'; out_has '^largest +not even one row fits$'

run 2 "$alone" device plan --arch h200 --model train.yaml; err_has '--arch must be one of a100, b200, h100, rtx4090, rtx5090'
run 2 "$alone" device plan --model train.yaml; err_has '--arch'
run 2 "$alone" device plan --arch h100; err_has '--model'
run 5 "$alone" device plan --arch h100 --model none.yaml
run 5 "$alone" device plan --arch h100 --model none
run 2 "$alone" device plan --arch h100 --model train.yaml --length 2048; err_has "must not exceed the model's 1024 positions"
run 2 "$alone" device plan --arch h100 --model train.yaml --rows 0

# The real cuDNN, where there is one, on GPUs that are not there.
[ -f "$fakes/driver/libcuda.so.1" ] || skip "engines were not asked for: the CUDA plug-in is not built"
cp "$BUILD/libaiops_cuda.so" alone/
run 0 env LD_LIBRARY_PATH="$fakes/driver" "$alone" device plan --arch h100 --model train.yaml -o json
json 'len(v["engines"]) == 2' 
python3 -c 'import json; exit(json.load(open("out"))["engines"][0]["library"] == "")' || skip "engines were not named: cuDNN 9 is not installed"
json 'all(e["library"].startswith("cuDNN 9.") and e["offered"] > 0 and "tensor cores" in e["engine"] for e in v["engines"])'
run 0 env LD_LIBRARY_PATH="$fakes/driver" "$alone" device plan --arch h100 --model train.yaml --precision fp32
out_has '^engine +attention forward: .*bf16 only$'
