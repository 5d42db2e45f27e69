# What is wrong with a configuration is said with its place, before anything is written.
. "$(dirname "$0")/lib-train.sh"
# refuses CODE PATTERN YAML-LINE [FLAG...]: the configuration with one line more.
refuses() {
  local code=$1 pattern=$2 line=$3; shift 3
  { cat train.yaml; echo "$line"; } >bad.yaml
  run "$code" aiops train bad.yaml --out bad "$@"
  out_empty
  err_has "$pattern"
  [ ! -e bad/metrics.jsonl ] || fail "it began"
}
refuses 2 "bad.yaml:8:10: 'minutes' does not go with 'steps'" 'minutes: 1'
refuses 2 "bad.yaml:8:1: unknown key 'stepz'" 'stepz: 1'
err_has "did you mean 'steps'"
refuses 2 'bad.yaml:9:[0-9]+: not valid YAML' 'eval: [1'
refuses 2 "bad.yaml:8:15: 'every' must be between 0 and" 'eval: {every: -1}'
refuses 2 "bad.yaml:8:19 is 'sideways', not constant, linear, cosine or wsd" 'schedule: {decay: sideways}'
refuses 2 "--set model.heads: 'heads' \(3\) must divide hidden_size \(32\)" '' --set model.heads=3
refuses 2 "--set optimiser.lr: 'lr' must be a number" '' --set optimiser.lr=fast
refuses 2 "--set optimiser.lrr: unknown key 'lrr'" '' --set optimiser.lrr=1
refuses 2 "--set nonsense: expected KEY=VALUE" '' --set nonsense
refuses 2 "--set batch.length: 'length' must not exceed model.context" '' --set batch.length=64
refuses 5 'missing.txt: No such file' '' --set data.path=missing.txt
refuses 5 'missing.txt: No such file' '' --set 'data.path=[train.yaml, missing.txt]'
: >empty.txt
refuses 1 'empty.txt: the data holds no text' '' --set data.path=empty.txt
refuses 2 "data.path' must not be empty" '' --set data.path=
refuses 2 "'seed' is given twice" 'seed: 2'
printf '\377\376h\0i\0' >wide.txt
refuses 1 'wide.txt: is UTF-16, not UTF-8' '' --set data.path=wide.txt
err_has 'try: iconv -f UTF-16'
tar czf corpus.txt.gz empty.txt train.yaml
refuses 1 'corpus.txt.gz: is a tar archive, not text' '' --set data.path=corpus.txt.gz
refuses 2 'not a regular file' '' --set data.path=/dev/zero
run 2 aiops train train.yaml --out ''
run 5 aiops train train.yaml --resume nowhere
err_has 'there is no nowhere:latest in the store'
echo small >small.txt
refuses 1 'the data is too small' '' --set data.path=small.txt
refuses 2 "tokenizer.json: has no special token|vocab_size' does not go with" '' --set tokenizer.file=x
echo 'steps: 3' >none.yaml
run 2 aiops train none.yaml
err_has "'data.path' is needed"
run 5 aiops train absent.yaml
err_has 'absent.yaml: No such file'
run 1 aiops train train.yaml --out wild --set optimiser.lr=100 --set optimiser.clip=0 --set schedule.warmup=0 --set optimiser.epsilon=1e-30
err_has 'is not a number; no checkpoint was written'
[ ! -e wild/latest ] || fail "a bad checkpoint was written"
