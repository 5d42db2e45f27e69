# Other programs read what training writes: Hugging Face's tokenizers give the same ids, its safetensors the same tensors,
# and a plain numpy Llama made from config.json and the weights has the same validation loss and greedy text.
. "$(dirname "$0")/../cli/lib-train.sh"
python=$(bash "$SOURCE/tests/interop/venv.sh" numpy safetensors tokenizers) || exit 77
run 0 aiops train train.yaml --set model.kv_heads=1
run 0 "$python" "$SOURCE/tests/interop/huggingface.py" run
out_has '^ids equal: [1-9][0-9]* texts$'
out_has '^validation loss agrees within'
out_has '^greedy text equal$'
