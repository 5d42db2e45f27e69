# A training learns, says so on stderr, answers on stdout, and leaves a model that other verbs take.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops train train.yaml
out_has '^run/model: step 40, loss [0-9.]+, validation loss [0-9.]+, '
err_has 'windows to train on'
err_has 'step 40: loss [0-9.]+, validation loss'
first=$(sed -n 's/.*"step":1,"loss":\([0-9.]*\).*/\1/p' run/metrics.jsonl)
last=$(sed -n 's/.*"step":40,"loss":\([0-9.]*\).*/\1/p' run/metrics.jsonl)
awk -v a="$first" -v b="$last" 'BEGIN { exit !(b < a - 1) }' || fail "the loss went from $first to $last"
[ "$(readlink run/latest)" = step-40 ] || fail "latest is $(readlink run/latest)"
grep -q "$(sha corpus.txt)" run/model/README.md || fail "the card does not name the data"
# The same command again: nothing to do, the same answer.
before=$(sha run/model/model.safetensors)
run 0 aiops train train.yaml -o json
out_has "\"model_sha256\":\"$before\""
run 0 aiops train train.yaml -q
out_is run/model
err_empty
# Threads do not change the bits; the seed does.
run 0 aiops train train.yaml --out one --threads 1
cmp -s one/model/model.safetensors run/model/model.safetensors || fail "one thread gives other bits"
run 0 aiops train train.yaml --out other --set seed=2
! cmp -s other/model/model.safetensors run/model/model.safetensors || fail "the seed changes nothing"
run 0 aiops train train.yaml --out further --resume run --set steps=41
err_has 'going on from run/step-40'
out_has '^further/model: step 41'
run 2 aiops train train.yaml --resume never
err_has 'run: holds the checkpoints of an earlier run'
run 0 aiops train train.yaml --plan --out plan -o json
out_has '"parameters":[0-9]+,"memory":\{"parameters":[0-9]+,.*"flop_per_step"'
[ ! -e plan/model ] || fail "--plan trained"
