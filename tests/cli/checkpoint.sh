# Checkpoints are listed, pushed (each file once), pulled, gone on from by reference, and compared.
. "$(dirname "$0")/lib-train.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
run 0 aiops train train.yaml --out run --set steps=20 --set checkpoint.every=5 --set checkpoint.keep=9
run 0 aiops checkpoint ls run -o json
python3 -c 'import json, sys
lines = json.load(sys.stdin)
assert [l["step"] for l in lines] == [20, 15, 10, 5], lines
assert lines[0]["marks"] == ["latest"] and all(l["state"] == "whole" for l in lines), lines' <"$t/out"
run 0 aiops checkpoint push run/step-10 "$registry/run"
out_has "$registry/run:step-10"
run 0 aiops checkpoint push run "$registry/run:last" -o json
python3 -c 'import json, sys
sent = json.load(sys.stdin)
assert sent["blobs_existed"] >= 4, sent  # configuration and tokenizer are in step-10 already' <"$t/out"
run 0 aiops checkpoint ls "$registry/run" -q
out_is "$registry/run:last
$registry/run:step-10"
# Another machine goes on from the registry and ends with the same bits.
run 0 aiops train train.yaml --out whole --set steps=20
run 0 aiops train train.yaml --out other --set steps=20 --resume "$registry/run:step-10"
err_has 'going on from other/step-10, step 10 of 20'
cmp whole/model/model.safetensors other/model/model.safetensors || fail "other bits after --resume REF"
cmp whole/step-20/training/optimizer.safetensors other/step-20/training/optimizer.safetensors
run 0 aiops checkpoint pull "$registry/run:last" -d pulled
out_has '^pulled/step-20: '
diff -r run/step-20 pulled/step-20
run 11 aiops checkpoint pull "$registry/run:last" -d whole  # another run's step 20
run 0 aiops checkpoint diff run pulled
err_has '^0 of [0-9]+ tensors differ'
run 0 aiops checkpoint diff run/step-15 run/step-20 -o json
python3 -c 'import json, sys
tensors = json.load(sys.stdin)["differences"]
assert tensors and all(0 < t["mean_absolute"] <= t["max_absolute"] and 0 < t["relative_norm"] < 1 for t in tensors), tensors' <"$t/out"
# A file that has changed since it was written never gets in, nor does a damaged checkpoint count as whole.
weights=run/step-5/model.safetensors
printf 'x' | dd of=$weights bs=1 seek=$(($(stat -c %s $weights) - 1)) conv=notrunc status=none
run 3 aiops checkpoint push run/step-5 damaged
run 3 aiops checkpoint push run/step-5 "$registry/damaged"
run 5 aiops inspect "$registry/damaged:step-5"
run 0 aiops checkpoint ls run --verify
out_has 'step-5.*damaged'
run 5 aiops checkpoint ls nothing
