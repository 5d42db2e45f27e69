# eval measures perplexity on text and accuracy on questions, and names the line that is wrong.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops train train.yaml
run 0 aiops eval run/model --data corpus.txt
out_has '^perplexity +[0-9.]+$'
out_has '^bits per byte +[0-9.]+$'
run 0 aiops eval run/model --data corpus.txt -o json --length 32 --stride 32
out_has '"task":"perplexity","documents":1,.*"perplexity":[0-9.]+'
perplexity() { sed -E 's/.*"perplexity":([0-9]+).*/\1/' "$t/out"; }
seen=$(perplexity)
tr 'a-z' 'n-za-m' <corpus.txt >other.txt
run 0 aiops eval run/model --data other.txt -o json --length 32 --stride 32
[ "$(perplexity)" -gt $((seen * 5)) ] || fail "a text that it was not trained on is as probable: $(perplexity), $seen"
for answer in 0 '"A"' '"was line"'; do
  echo "{\"question\": \"In the beginning\", \"choices\": [\"was line\", \"xq%\"], \"answer\": $answer}"
done >q.jsonl
run 0 aiops eval run/model --data q.jsonl -o json
out_has '"task":"choice","questions":3,"accuracy":1.0,"accuracy_error":0.0,"accuracy_normalised":1.0'
run 0 aiops eval run/model --data q.jsonl
out_has '^accuracy +1.0000 ± 0.0000$'
echo '{"question": "In", "choices": ["a", "b"], "answer": 7}' >>q.jsonl
run 1 aiops eval run/model --data q.jsonl
err_has "q.jsonl:4: 'answer' is 7, of 2 choices"
out_empty
run 2 aiops eval run/model
err_has -- '--data is needed'
run 2 aiops eval run/model --data corpus.txt --length 33
run 5 aiops eval run/model --data nowhere.txt
: >empty.txt
run 1 aiops eval run/model --data empty.txt
err_has 'holds no text'
