# The gguf package of llama.cpp reads what aiops exports, tensor for tensor, and aiops reads what that package quantises.
# PARITY_PYTHON names a python3 that has numpy, safetensors and gguf, if none can be made.
. "$(dirname "$0")/../cli/lib-train.sh"
python=${PARITY_PYTHON:-$(bash "$SOURCE/tests/interop/venv.sh" numpy safetensors gguf)} || exit 77
"$python" -c 'import numpy, safetensors, gguf' 2>/dev/null || skip "$python lacks numpy, safetensors or gguf"
run 0 aiops train train.yaml --set model.kv_heads=1
for dtype in f32 f16 bf16 q8_0; do
  run 0 aiops checkpoint export run/model --out $dtype.gguf --dtype $dtype
done
run 0 "$python" "$SOURCE/tests/interop/gguf_parity.py" read run/model f32.gguf f16.gguf bf16.gguf q8_0.gguf
out_has '^4 files agree$'
run 0 "$python" "$SOURCE/tests/interop/gguf_parity.py" quantise f32.gguf .
for type in Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 BF16; do
  run 0 aiops checkpoint export $type.gguf --out $type --format hf
  run 0 "$python" "$SOURCE/tests/interop/gguf_parity.py" read $type $type.gguf
  out_has '^1 files agree$'
done
