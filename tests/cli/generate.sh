# A model continues text from a directory and from the store, the same for the same seed.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops train train.yaml
run 0 aiops generate run/model 'In the beginning' --tokens 20
out_has '^In the beginning'
cp "$t/out" first
err_empty
run 0 aiops generate run/model 'In the beginning' --tokens 20 --threads 1
cmp -s first "$t/out" || fail "the same seed gives another text"
run 0 aiops generate run/model 'In the beginning' --tokens 20 --seed 2
! cmp -s first "$t/out" || fail "another seed gives the same text"
run 0 aiops generate run/model 'In the beginning' --tokens 5 --temperature 0 -o json
out_has '"text":".*","ended":"length","prompt_tokens":[0-9]+,"tokens":5,'
run 0 aiops generate run/model 'In the beginning' --temperature 0 --stop 'zzz' --stop e -v
[ "$(tail -n 1 "$t/out" | cut -c 17- | tr -cd e)" = "" ] || fail "the text goes on past --stop"
err_has 'ended by stop'
run 2 aiops generate run/model x --min-p 1.5
run 0 bash -c 'echo -n "In the" | aiops generate run/model -n 3'
out_has '^In the'
run 0 aiops generate run/model '' -n 30 -o json   # a new document
out_has '"prompt":""'
run 0 aiops pack run/model -t tiny:1
run 0 aiops generate tiny:1 'In the beginning' --tokens 20
cmp -s first "$t/out" || fail "the store's model says something else"
# What does not fit is said in one line.
run 5 aiops generate nothing:1 hello
run 2 aiops generate run/model "$(seq 100)"
err_has 'the prompt has [0-9]+ tokens, the model sees 32'
out_empty
run 0 aiops generate run/model 'In' --tokens 99 -o json
out_has '"ended":"(context|end)"'
broken() { cp -r run/model "$1"; sed -i "$3" "$1/$2"; run 1 aiops generate "$1" x; err_has "$4"; }
broken b1 config.json 's/"llama"/"gpt2"/' 'config.json: .architectures. is'
broken b2 config.json 's/"intermediate_size": [0-9]*/"intermediate_size": 48/' 'mlp.*the configuration says'
broken b3 tokenizer.json 's/"BPE"/"Unigram"/' 'tokenizer.json: the model is'
cp -r run/model b4; truncate -s 1000 b4/model.safetensors
run 1 aiops generate b4 x
err_has 'b4/model.safetensors'
