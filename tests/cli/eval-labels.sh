# eval holds a classifier's labels and a regression's numbers against the data, and writes down each prediction.
. "$(dirname "$0")/lib-train.sh"
labelled weather.jsonl
run 0 aiops train train-labels.yaml
run 0 aiops eval run/model --data weather.jsonl --predictions said.jsonl
out_has '^accuracy  1.0000$'
out_has '^macro F1  1.0000$'
out_has '^rain +1.0000 +1.0000 +1.0000 +30$'
out_has '^is .+ called +rain +sun +wind$'
out_has '^wind +0 +0 +30$'
[ "$(wc -l <said.jsonl)" = 90 ] || fail "not a line an example"
[ "$(head -n1 said.jsonl | jq -c '[.label, .expected, (.scores | keys)]')" = '["sun","sun",["rain","sun","wind"]]' ] || fail "$(head -n1 said.jsonl)"
# A table with other columns, some of it wrong; numbers count the labels from 0.
printf 'kind,words\nsun,a wind blows\n1,the sun is warm 5\nrain,"rain falls, on the land"\n' >t.csv
run 0 aiops eval run/model --data t.csv --field words --label kind -o json
jq -e '.task == "classification" and .examples == 3 and (.accuracy * 3 | round) == 2 and .confusion == [[1,0,0],[0,1,1],[0,0,0]]
  and (.labels[1] | .label == "sun" and .precision == 1 and .recall == 0.5 and .support == 2) and .labels[2].f1 == 0
  and ((.f1 - (1 + 2/3 + 0) / 3) | fabs) < 1e-9' out >/dev/null || fail "$(cat out)"
echo '{"text": "x", "label": "snow"}' >bad.jsonl
run 1 aiops eval run/model --data bad.jsonl --predictions none.jsonl
err_has "bad.jsonl:1: the label 'snow' is none of rain, sun, wind"
out_empty
[ ! -e none.jsonl ] || fail "predictions of nothing"
run 2 aiops eval run/model --data weather.jsonl --task perplexity
err_has 'is a classification model: it predicts no text'
run 2 aiops eval run/model --data weather.jsonl --length 33
run 5 aiops eval run/model --data weather.jsonl --predictions nowhere/said.jsonl
# A language model has no labels.
run 0 aiops train train.yaml --out text --set steps=2
run 2 aiops eval text/model --data corpus.txt --task labels
err_has 'is a language model: it predicts no labels'
run 2 aiops eval text/model --data corpus.txt --label kind
# Numbers, one and several.
for i in $(seq 80); do echo "{\"text\": \"$(printf 'warm %.0s' $(seq $((i % 5 + 1))))$i\", \"heat\": $((i % 5)), \"cold\": $((4 - i % 5)).5}"; done >heat.jsonl
sed -e 's/classification/regression/' -e 's/weather.jsonl, /heat.jsonl, label: [heat, cold], /' train-labels.yaml >numbers.yaml
run 0 aiops train numbers.yaml --out two --set steps=60
err_has 'validation loss [0-9.]+, mae [0-9.]+, mse [0-9.]+'
run 0 aiops eval two/model --data heat.jsonl --label heat --label cold -o json --predictions said.jsonl
jq -e '.task == "regression" and .r2 > 0.5 and .pearson > 0.8 and .mse >= 0 and (.numbers | map(.name)) == ["heat", "cold"]' out >/dev/null || fail "$(cat out)"
head -n1 said.jsonl | jq -e '(.values | keys) == ["cold", "heat"] and .expected == {heat: 1, cold: 3.5}' >/dev/null || fail "$(head -n1 said.jsonl)"
run 0 aiops eval two/model --data heat.jsonl --label heat --label cold
out_has '^number +MSE +MAE +R2 +Pearson$'
out_has '^mean +'
run 1 aiops eval two/model --data heat.jsonl --label heat
err_has 'heat.jsonl:1: has 1 number, two/model predicts 2'
run 0 aiops generate two/model 'warm warm'
[ "$(cut -d' ' -f1 out | xargs)" = 'heat cold' ] || fail "$(cat out)"
run 0 aiops train numbers.yaml --out one --set steps=2 --set data.label=heat
run 0 aiops generate one/model 'warm' -o json
jq -e '.value | numbers' out >/dev/null || fail "$(cat out)"
printf 'text,heat\nwarm,3\nwarm,nan\n' >nan.csv
run 1 aiops train numbers.yaml --out bad --set data.path=nan.csv --set data.label=heat
err_has "nan.csv:3: 'heat' is nan, which no finite fp32 number is"
