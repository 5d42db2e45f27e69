# A tokenizer is learnt with each family's splitter, the same for any number of threads; a run keeps its own.
. "$(dirname "$0")/lib-train.sh"
for splitter in gpt2 llama3 qwen2 smollm2 tekken; do
  run 0 aiops tokenizer train corpus.txt --vocab-size 320 --splitter $splitter --out $splitter.json --threads 1
  run 0 aiops tokenizer train corpus.txt --vocab-size 320 --splitter $splitter --out again.json --threads 3 -o json
  out_has "\"splitter\":\"$splitter\""
  cmp -s $splitter.json again.json || fail "$splitter: other threads, other bytes"
done
[ "$(jq -r .normalizer.type qwen2.json)" = NFC ] || fail "qwen2 does not compose"
[ "$(jq .model.ignore_merges llama3.json)" = true ] || fail "llama3 does not look words up"
# Digits: GPT-2 takes all, Llama 3 three, the others one at a time.
pieces() { aiops tokenizer encode "$1" 'is 12345' --pieces | cut -f 2 | grep -c '[0-9]'; }
[ "$(pieces smollm2.json)" = 5 ] && [ "$(pieces qwen2.json)" = 5 ] || fail "digits are not apart"
run 0 aiops train train.yaml --set steps=2 --set tokenizer.splitter=qwen2
[ "$(jq -r .normalizer.type run/model/tokenizer.json)" = NFC ] || fail "train did not use the splitter"
run 2 aiops train train.yaml --set steps=4
err_has 'cannot go on: tokenizer.splitter was "qwen2" and is now "gpt2"'
run 2 aiops train train.yaml --out x --set tokenizer.splitter=bert
err_has "'splitter' must be gpt2, llama3, qwen2, smollm2 or tekken"
with() { sed "s/^tokenizer: .*/$1/" train.yaml >other.yaml; }
with 'tokenizer: {file: qwen2.json, splitter: gpt2}'
run 2 aiops train other.yaml --out x
err_has "'splitter' does not go with 'file'"
sed -i 's/^model: .*/model: {base: run\/model}/' other.yaml; sed -i 's/file: qwen2.json, //' other.yaml
run 2 aiops train other.yaml --out x
err_has "'splitter' does not go with 'model.base'"
