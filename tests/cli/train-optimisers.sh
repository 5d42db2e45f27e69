# Every optimiser learns, and a checkpoint of one is not taken for that of another.
. "$(dirname "$0")/lib-train.sh"
for name in muon sgd; do
  run 0 aiops train train.yaml --out $name --set optimiser.name=$name --set schedule.decay=wsd
  first=$(sed -n 's/.*"step":1,"loss":\([0-9.]*\).*/\1/p' $name/metrics.jsonl)
  last=$(sed -n 's/.*"step":40,"loss":\([0-9.]*\).*/\1/p' $name/metrics.jsonl)
  awk -v a="$first" -v b="$last" 'BEGIN { exit !(b < a) }' || fail "$name: the loss went from $first to $last"
  run 0 aiops train train.yaml --out $name-1 --set optimiser.name=$name --set schedule.decay=wsd --threads 1
  cmp $name/model/model.safetensors $name-1/model/model.safetensors || fail "$name: one thread gives other bits"
done
run 2 aiops train train.yaml --out muon
err_has 'cannot go on: optimiser.name was "?muon"? and is now "?adamw"?'
run 2 aiops train train.yaml --set optimiser.name=adam
err_has "'name' is 'adam', not adamw, muon or sgd"
