# What cannot fit is refused before the first step, with one line and no checkpoint.
. "$(dirname "$0")/lib-train.sh"
for plan in --plan ''; do
  run 1 aiops train train.yaml $plan --set model.hidden_size=8192 --set model.layers=512
  out_empty
  err_has 'the training needs [0-9.]+ TiB of memory, .* and [0-9.]+ [KMGT]iB are available'
  err_has 'a smaller model'
done
run 1 aiops train train.yaml --ranks 2 --set model.hidden_size=8192 --set model.layers=512
err_has 'each of the 2 ranks here needs [0-9.]+ TiB of memory, .* and [0-9.]+ [KMGT]iB are available for each'
err_has 'fewer --ranks'
[ -z "$(find run -name 'step-*')" ] || fail "a checkpoint was written"
# The plan's classes add up to its total.
run 0 aiops train train.yaml --plan -o json
python3 - "$t/out" <<'P'
import json, sys
memory = json.load(open(sys.argv[1]))["memory"]
total = memory.pop("total")
assert total == sum(memory.values()), (total, memory)
P
