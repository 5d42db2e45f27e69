# TensorBoard's own reader finds every step in the event files, and only the last run's after a resumption.
. "$(dirname "$0")/../cli/lib-train.sh"
python=${PARITY_PYTHON:-python3}
"$python" -c 'from tensorboard.backend.event_processing import event_accumulator' 2>/dev/null || skip "no Python with tensorboard (PARITY_PYTHON)"
run 0 aiops train train.yaml --set metrics.tensorboard=true --set steps=20
run 0 aiops train train.yaml --set metrics.tensorboard=true --set steps=30
cat >read.py <<'P'
import json
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator("run/tensorboard", size_guidance={"scalars": 0})
events.Reload()
loss = {e.step: e.value for e in events.Scalars("train/loss")}
told = {}
for line in open("run/metrics.jsonl"):
    line = json.loads(line)
    if "loss" in line: told[line["step"]] = line["loss"]
assert sorted(loss) == list(range(1, 31)), sorted(loss)
assert all(abs(loss[s] - told[s]) < 1e-5 for s in told)
assert [e.step for e in events.Scalars("validation/loss")] == [20, 30]
P
"$python" read.py || fail "TensorBoard reads something else"
