# Sourced after lib.sh by tests that pack: make_model DIR writes a tiny model as Hugging Face lays one out.
make_model() {
  mkdir -p "$1"
  local header='{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[4,4],"data_offsets":[0,64]}}'
  { printf "\\x$(printf %x ${#header})"; head -c 7 /dev/zero; printf %s "$header"; head -c 64 /dev/zero; } >"$1/model.safetensors"
  echo '{"model_type":"llama","architectures":["LlamaForCausalLM"]}' >"$1/config.json"
  echo '{}' >"$1/tokenizer.json"
  printf -- '---\nlicense: apache-2.0\n---\n# A model\n' >"$1/README.md"
}
