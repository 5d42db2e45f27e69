# A base model is fine-tuned: from a directory, or from an artifact of the store, read in place.
. "$(dirname "$0")/lib-train.sh"
export AIOPS_STORE=$t/store
run 0 aiops train train.yaml
run 0 aiops pack run/model -t base:1
cat >tune.yaml <<'END'
data: {path: corpus.txt, validation: 0.05}
model: {base: base:1}
batch: {rows: 4}
steps: 5
END
run 0 aiops train tune.yaml --out tuned
state=tuned/latest/training/trainer_state.json
[ "$(jq -r .base.name $state)" = base:1 ] || fail "the state does not name its base"
[ "$(jq -r .base.digest $state)" = "$(aiops inspect base:1 -o json | jq -r .digest)" ] || fail "the base's digest is not in the state"
grep -q 'fine-tuned from `base:1`' tuned/model/README.md || fail "the card does not name the base"
jq -e '.loss < 4' <<<"$(aiops train tune.yaml --out again --set model.base=run/model -o json)" >/dev/null || fail "it began from fresh weights"
[ "$(sha tuned/model/model.safetensors)" = "$(sha again/model/model.safetensors)" ] || fail "directory and artifact train differently"
run 2 aiops train tune.yaml --out bad --set model.layers=3
err_has "'layers' does not go with 'base'"
run 5 aiops train tune.yaml --out bad --set model.base=missing:1
err_has 'missing:1'
run 2 aiops train tune.yaml --out bad --set batch.length=4096
err_has "'batch.length' is 4096, the context of base:1 is 32"
# Weights that are no numbers: before the first update no learning rate is to blame, and there is no checkpoint to go on from.
cp -r run/model damaged
python3 - <<'P'
import json, struct
path = "damaged/model.safetensors"
data = bytearray(open(path, "rb").read())
begin = 8 + struct.unpack("<Q", data[:8])[0]
tensor = json.loads(data[8:begin])["model.norm.weight"]
assert tensor["dtype"] == "F32", tensor
at = begin + tensor["data_offsets"][0]
data[at:at + 4] = struct.pack("<f", float("nan"))
open(path, "wb").write(data)
P
run 1 aiops train tune.yaml --out bad --set model.base=damaged
err_has 'step 1: the loss is not a number; no checkpoint was written: before any update, .*: the weights of damaged are damaged, or the data'
! grep -E 'optimiser.lr|checkpoint to|go on' "$t/err" || fail "advice that cannot help"
