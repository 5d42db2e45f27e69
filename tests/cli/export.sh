# A trained model becomes a GGUF file and a Hugging Face directory that say what it says, from a directory and the store.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops train train.yaml
say() { run 0 aiops generate "$1" 'In the beginning' --temperature 0 --tokens 12 --threads 1; cp "$t/out" "$2"; }
say run/model first
run 0 aiops checkpoint export run/model --out m.gguf
out_has '^m.gguf: .*its logits are the same$'
say m.gguf second
cmp -s first second || fail "the GGUF file says something else"
run 0 aiops checkpoint export m.gguf --out back --format hf -q
out_is back
[ "$(sha back/model.safetensors)" = "$(sha run/model/model.safetensors)" ] || fail "there and back gives other weights"
run 0 aiops checkpoint export run/model --out q.gguf --dtype q8_0 -o json
out_has '"logit_difference":0.0[0-9]+,"tolerance":0.1'
[ "$(stat -c %s q.gguf)" -lt "$(($(stat -c %s m.gguf) / 2))" ] || fail "q8_0 is not smaller"
run 0 aiops checkpoint export run/model --out half --format hf --dtype bf16 --shard 20KiB
[ -e half/model.safetensors.index.json ] || fail "it is not in shards"
run 0 aiops generate half 'In' -n 3
# An artifact whose layer is a GGUF file, and one that is exported from the store.
mkdir g; cp m.gguf g/
run 0 aiops pack g -t tiny:gguf
say tiny:gguf third
cmp -s first third || fail "the artifact says something else"
run 0 aiops checkpoint export tiny:gguf --out again.gguf
cmp -s m.gguf again.gguf || fail "exporting again gives other bytes"
# A fine-tuning from it has the same weights as one from the directory.
for base in run/model m.gguf; do
  printf 'data: {path: corpus.txt, validation: 0.05}\nmodel: {base: %s}\nbatch: {rows: 2}\nsteps: 2\n' "$base" >tune.yaml
  run 0 aiops train tune.yaml --out "tuned-$(basename "$base")"
done
[ "$(sha tuned-model/model/model.safetensors)" = "$(sha tuned-m.gguf/model/model.safetensors)" ] || fail "the base's format matters"
# What cannot be done is said, and leaves nothing.
run 2 aiops checkpoint export run/model --out half
err_has 'half: is a directory that is there already'
run 2 aiops checkpoint export run/model --out h8 --format hf --dtype q8_0
run 5 aiops checkpoint export nothing:1 --out x.gguf
run 5 aiops checkpoint export run/model --out nowhere/x.gguf
err_has 'nowhere: No such file or directory'; err_has 'try: mkdir -p nowhere'
cp m.gguf g/other.gguf
run 2 aiops generate g 'In'
err_has 'has 2 GGUF files'
head -c 9000 m.gguf >cut.gguf
run 1 aiops generate cut.gguf 'In'
err_has 'cut.gguf: .*truncated'
run 2 aiops generate m.gguf 'Hello' --chat
err_has 'no chat template'
[ -z "$(find . -name '*unproved*')" ] || fail "drafts are left"
