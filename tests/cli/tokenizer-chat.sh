# encode --chat shows what training would learn of conversations, and says what keeps a model from stopping.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops tokenizer train corpus.txt --vocab-size 300 --special '<s>' --special '<|im_start|>' --special '<|im_end|>' --out tok.json
printf '%s\n' '{"prompt":"?","completion":"Yes"}' '' '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":"d"}]}' >chat.jsonl
run 0 bash -c 'aiops tokenizer encode tok.json --chat <chat.jsonl'
err_empty
learnt() { awk -F'\t' -v n="$1" '$1 == n && $3 == "+" {printf "%s", $4}' out; }
[ "$(learnt 1)" = 'Yes<|im_end|>' ] || fail "learnt: $(learnt 1)"
[ "$(learnt 2)" = 'b<|im_end|>d<|im_end|>' ] || fail "learnt: $(learnt 2)"
[ "$(awk -F'\t' '$1 == 1 {printf "%s", $4}' out | head -c 12)" = '<|im_start|>' ] || fail "read: $(cat out)"
run 0 bash -c 'aiops tokenizer encode tok.json --chat -o json <chat.jsonl'
[ "$(jq -s length out)" = 2 ] || fail "not two objects"
jq -se 'all(.[]; (.ids | length) == .tokens and (.labels | map(select(. >= 0)) | length) == .learnt and (.text | startswith("<|im_start|>")))' out >/dev/null || fail "$(cat out)"
jq -se 'all(.[]; [.ids, .labels] | transpose | all(.[1] == -100 or .[0] == .[1]))' out >/dev/null || fail "labels are other ids"
run 0 bash -c 'aiops tokenizer encode tok.json --chat --count -o json <chat.jsonl'
[ "$(jq -c '[.conversations, .tokens > .learnt]' out)" = '[2,true]' ] || fail "$(cat out)"
# A template of one's own, without an end: said aloud.
echo '{% for m in messages %}{{ m.role }}: {{ m.content }} {% endfor %}' >endless.jinja
run 0 bash -c 'aiops tokenizer encode tok.json --chat --template endless.jinja <chat.jsonl'
err_has 'ends a turn with no special token: the model may never stop'
# A model that ends its texts with another token than its template ends turns with.
sed -i 's/^tokenizer: .*/tokenizer: {file: tok.json, end: <s>}/' train.yaml
run 0 aiops train train.yaml --set steps=1
run 0 bash -c 'aiops tokenizer encode run/model --chat <chat.jsonl'
err_has 'a turn ends with <|im_end|>, which does not end the texts of run/model: it may never stop'
# Wrong input is named with its line.
run 1 bash -c 'printf "{\"prompt\":\"a\",\"completion\":\"b\"}\n{}\n" | aiops tokenizer encode tok.json --chat'
err_has "standard input:2: has no list 'messages'"
run 1 aiops tokenizer encode tok.json --chat 'no json'
err_has 'standard input:1'
run 2 aiops tokenizer encode tok.json x --template endless.jinja
run 2 aiops tokenizer encode tok.json x --chat --pieces
err_has 'does not go with --chat'
run 0 aiops tokenizer train corpus.txt --vocab-size 300 --out plain.json
run 2 bash -c 'aiops tokenizer encode plain.json --chat <chat.jsonl'
err_has 'plain.json: has no chat template, and no special token <|im_start|> for ChatML'
err_has 'template FILE.jinja'
