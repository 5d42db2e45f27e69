# Conversations are learnt: the assistant's turns and their end; what is no conversation is refused with its line.
. "$(dirname "$0")/lib-train.sh"
for i in $(seq 60); do
  echo "{\"messages\":[{\"role\":\"user\",\"content\":\"Say $((i % 7)).\"},{\"role\":\"assistant\",\"content\":\"Aye, so it be.\"}]}"
done >chat.jsonl
cat >chat.yaml <<'END'
task: chat
data: {path: chat.jsonl, validation: 0.1}
tokenizer: {vocab_size: 300}
model: {hidden_size: 32, layers: 2, heads: 2, context: 128}
optimiser: {lr: 0.01}
batch: {rows: 4}
steps: 100
seed: 1
END
run 0 aiops train chat.yaml
err_has '60 conversations fill [0-9.]+ % of'
model=run/model
grep -q 'im_start' $model/chat_template.jinja || fail "no chat template"
[ "$(jq -r .chat_template $model/tokenizer_config.json)" = "$(cat $model/chat_template.jinja)" ] || fail "two templates"
[ "$(jq -r .eos_token $model/tokenizer_config.json)" = '<|im_end|>' ] || fail "the end token is not that of a turn"
end=$(jq '.added_tokens[] | select(.content == "<|im_end|>") | .id' $model/tokenizer.json)
[ "$(jq .eos_token_id $model/config.json)" = "$end" ] || fail "config.json names another end"
run 0 aiops generate $model $'<|im_start|>user\nSay 3.<|im_end|>\n<|im_start|>assistant\n' --temperature 0 --tokens 30 -o json
[ "$(jq -r .ended out)" = end ] || fail "it does not stop"
[ "$(jq -r .text out)" = 'Aye, so it be.' ] || fail "it says: $(jq -r .text out)"
# A template that has changed is another run.
echo '{% for m in messages %}{{ m.role }}: {{ m.content }}<|im_end|>{% endfor %}' >other.jinja
run 2 aiops train chat.yaml --set chat.template=other.jinja
err_has 'the chat template has changed'
# refuses LINE PATTERN [FLAG...]
refuses() { { cat chat.jsonl; printf '%s\n' "$1"; } >bad.jsonl; run "${3:-1}" aiops train chat.yaml --out bad --set data.path=bad.jsonl; err_has "$2"; out_empty; }
refuses '{"text":"no messages"}' "bad.jsonl:61: has no list 'messages'"
refuses '{"messages":[{"role":"user","content":"?"}]}' "bad.jsonl:61: has no message of the role 'assistant'"
refuses "$(printf '{"prompt":"\377","completion":"b"}')" 'bad.jsonl:61'
run 1 aiops train chat.yaml --out bad --set data.path=corpus.txt
err_has 'corpus.txt: conversations are read from .jsonl files'
: >empty.jsonl
run 1 aiops train chat.yaml --out bad --set data.path=empty.jsonl
err_has 'empty.jsonl: the data holds no conversation'
{ cat chat.jsonl; echo "{\"prompt\":\"$(seq -s ' ' 200)\",\"completion\":\"b\"}"; } >long.jsonl
run 0 aiops train chat.yaml --out long --set data.path=long.jsonl --set steps=1
err_has '1 of 61 conversations are longer than a row of 128 tokens and are skipped'
