# Labels are learnt from texts, said of others, and what is no labelled text is refused with its line.
. "$(dirname "$0")/lib-train.sh"
labelled weather.jsonl
run 0 aiops train train-labels.yaml
err_has '90 examples of 3 labels: rain 30, sun 30, wind 30'
err_has 'step 40: loss [0-9.]+, validation loss [0-9.]+, accuracy 1.0000, f1 1.0000'
out_has 'accuracy 1.0000, f1 1.0000'
model=run/model
[ "$(jq -c '[.architectures[0], .num_labels, .id2label["1"], .label2id.wind, .problem_type, .pad_token_id]' $model/config.json)" = \
  '["LlamaForSequenceClassification",3,"sun",2,"single_label_classification",0]' ] || fail "config.json: $(cat $model/config.json)"
jq -se 'map(select(.accuracy)) | last | .accuracy == 1 and .f1 == 1' run/metrics.jsonl >/dev/null || fail "no accuracy in metrics.jsonl"
run 0 aiops train train-labels.yaml --out two --ranks 2 --set batch.rows=2
err_has 'step 40: loss [0-9.]+, validation loss [0-9.]+, accuracy 1.0000, f1 1.0000'
# A text is judged: the likeliest label first, alone with -q, with all scores as JSON.
run 0 aiops generate $model 'a wind blows'
[ "$(head -n1 out | cut -d' ' -f1)" = wind ] && [ "$(wc -l <out)" = 3 ] || fail "$(cat out)"
run 0 aiops generate $model 'the sun is warm' -q
out_is sun
run 0 bash -c "echo 'rain falls' | aiops generate $model -o json"
jq -e '.label == "rain" and (.scores | add > 0.999 and add < 1.001)' out >/dev/null || fail "$(cat out)"
run 2 aiops generate $model hello --chat
err_has 'predicts labels: there is nobody to chat with'
run 2 aiops generate $model ''
err_has 'there is no text to judge'
run 0 aiops generate $model "$(seq -s ' ' 200)" -q
err_has 'only its beginning was read'
# It goes into the store and out of it, as a directory, and not as GGUF.
run 0 aiops pack $model -t weather:1
run 0 aiops generate weather:1 'a wind blows' -q
out_is wind
run 0 aiops checkpoint export weather:1 --format hf --out copy --dtype bf16
run 0 aiops generate copy 'a wind blows' -q
out_is wind
run 2 aiops checkpoint export $model --out weather.gguf
err_has 'predicts labels, and a GGUF file has no place for their names'
err_has -- '--format hf --out DIR'
[ ! -e weather.gguf ] || fail "a file is left"
# Fine-tuning goes on with the head where the labels are the same, and begins a language model's anew.
echo 'model: {base: run/model}' >tune.yaml
grep -v -e '^model' -e '^tokenizer' train-labels.yaml >>tune.yaml
run 0 aiops train tune.yaml --out tuned --set steps=1
err_has 'the head of run/model is kept'
run 0 aiops train tune.yaml --out other --set steps=1 --set labels=wind,sun,rain
err_has 'its head is begun anew'
run 2 aiops train train.yaml --out bad --set steps=1 --set model.base=run/model
run 0 aiops train train.yaml --out text --set steps=4 --set model.tied=false
run 0 aiops train tune.yaml --out fine --set model.base=text/model
[ "$(jq -r .id2label[\"0\"] fine/model/config.json)" = rain ] || fail "no labels after fine-tuning"
run 0 aiops checkpoint export text/model --out text.gguf
run 0 aiops train tune.yaml --out from-gguf --set model.base=text.gguf
[ "$(sha from-gguf/model/model.safetensors)" = "$(sha fine/model/model.safetensors)" ] || fail "the base's format matters"
run 0 aiops train tune.yaml --out low --set model.base=text/model --set lora.rank=2
run 0 aiops eval low/model --data weather.jsonl -o json
# What is wrong is said with its line, and nothing is left.
refuses() { { cat weather.jsonl; printf '%s\n' "$2"; } >bad.jsonl; run 1 aiops train train-labels.yaml --out bad --set data.path=bad.jsonl ${3-}; out_empty; err_has "$1"; [ "$(grep -c '^aiops: ' err)" = 1 ] || fail "$(cat err)"; [ ! -e bad/latest ] || fail "it began"; }
refuses "bad.jsonl:91: has no 'label'" '{"text": "no label"}'
refuses "bad.jsonl:91: no text 'text'" '{"label": "sun"}'
refuses "bad.jsonl:91: 'text' is empty" '{"text": "", "label": "sun"}'
refuses "bad.jsonl:91: the label 'snow' is none of rain, sun, wind" '{"text": "cold", "label": "snow"}' '--set labels=rain,sun,wind'
refuses 'bad.jsonl:91: the label 3 is out of range: 3 labels are counted from 0' '{"text": "cold", "label": 3}' '--set labels=rain,sun,wind'
refuses 'bad.jsonl:91: JSON is not valid UTF-8' "$(printf '{"text": "\377", "label": "sun"}')"
refuses 'bad.jsonl:91: not valid JSON' '{"text": "cut off'
head -c 70000000 /dev/zero | tr '\0' x >huge.jsonl
run 1 aiops train train-labels.yaml --out bad --set data.path=huge.jsonl
err_has 'huge.jsonl:1: JSON larger than'
: >empty.jsonl
run 1 aiops train train-labels.yaml --out bad --set data.path=empty.jsonl
err_has 'empty.jsonl: the data holds no example'
run 1 aiops train train-labels.yaml --out bad --set data.path=corpus.txt
err_has 'labelled texts are read from .jsonl, .csv and .tsv'
head -n 1 weather.jsonl >one.jsonl
run 1 aiops train train-labels.yaml --out bad --set data.path=one.jsonl
err_has "one.jsonl: all 1 examples have the label 'sun'"
