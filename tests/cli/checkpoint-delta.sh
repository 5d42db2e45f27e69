# Checkpoints as differences: pushed to a registry, listed, verified, pulled, gone on from, copied, and rebuilt when nothing of
# the one before is left but what they name themselves.
. "$(dirname "$0")/lib-train.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
aiops key generate --out key --no-passphrase >/dev/null 2>&1
run 0 aiops train train.yaml --out run --set steps=20 --set checkpoint.every=5 --set checkpoint.keep=9 --set checkpoint.shard=100KiB
run 0 aiops checkpoint push run/step-5 "$registry/run" --delta
err_has 'holds no checkpoint before this one: it goes whole'
run 0 aiops checkpoint push run/step-10 "$registry/run" --delta -o json
python3 -c 'import json, sys
delta = json.load(sys.stdin)["delta"]
assert delta["base"] == "step-5" and delta["files"] >= 2 and delta["unchanged"] >= 4, delta
assert delta["stored"] < 0.9 * delta["whole"], delta' <"$t/out"
run 0 aiops checkpoint push run/step-15 "$registry/run" --delta
run 0 aiops checkpoint push run/step-20 "$registry/run" --delta --sign key.key
err_has 'as the difference to step-15'
digest=$(cut -d' ' -f1 "$t/out")
run 0 aiops checkpoint push run/step-20 "$registry/run" --delta --sign key.key -q
out_is "$digest"  # the same bytes again
run 0 aiops checkpoint ls "$registry/run" -o json
python3 -c 'import json, sys
lines = json.load(sys.stdin)
assert [(l["step"], l["marks"]) for l in lines] == [(20, ["delta"]), (15, ["delta"]), (10, ["delta"]), (5, [])], lines
assert max(l["size"] for l in lines) < 1.01 * min(l["size"] for l in lines), lines  # of the whole files' <"$t/out"
run 0 aiops inspect "$registry/run:step-20"
out_has '^type +checkpoint delta'
out_has '^difference .* for model-00001-of-'
run 0 aiops inspect "$registry/run:step-20" --tensors
out_has '^model.layers.0.*model-0'

# What was signed are the whole files.
run 0 aiops verify "$registry/run:step-20" --key key.pub
out_has model_signing
run 0 aiops lineage "$registry/run:step-20" --key key.pub -o json
python3 -c 'import json, sys
chain = json.load(sys.stdin)["chain"]
assert [c["step"] for c in chain] == [20, 15, 10, 5] and chain[0]["signed_by"], chain' <"$t/out"
run 0 aiops checkpoint pull "$registry/run:step-20" -d pulled --key key.pub
diff -r run/step-20 pulled/step-20
[ "$(ls -A pulled)" = ".fetch.lock
latest
step-20" ] || fail "left behind: $(ls -A pulled)"
run 0 aiops unpack "$registry/run:step-20" -d weights --only weights --exclude 'training/**'
cmp run/step-20/model-00001-of-*.safetensors weights/model-00001-of-*.safetensors

# Another machine goes on from it, with the same bits.
run 0 aiops train train.yaml --out whole --set steps=20 --set checkpoint.shard=100KiB
run 0 aiops train train.yaml --out other --set steps=20 --set checkpoint.shard=100KiB --resume "$registry/run:step-15"
err_has "going on from other/step-15, step 15 of 20"
for file in whole/model/*.safetensors; do cmp "$file" "other/model/${file##*/}"; done

# A copy is complete, and so is what is left when the checkpoints before it are gone.
run 0 aiops copy "$registry/run:step-20" oci:copy --referrers
run 0 aiops verify oci:copy:step-20 --key key.pub
run 0 aiops checkpoint pull oci:copy:step-20 -d from-copy
diff -r run/step-20 from-copy/step-20
for step in 5 10 15; do run 0 aiops delete "$registry/run:step-$step" --yes; done
docker-registry garbage-collect "$rig/plain.yml" >"$t/gc" 2>&1 || fail "$(cat "$t/gc")"
run 0 aiops checkpoint pull "$registry/run:step-20" -d after-gc
diff -r run/step-20 after-gc/step-20

# In the store: names go, what others need stays.
run 0 aiops checkpoint push run/step-5 stored
run 0 aiops checkpoint push run/step-10 stored --base stored:step-5
run 0 aiops rm stored:step-5
run 0 aiops store gc
run 0 aiops store check
run 0 aiops checkpoint pull stored:step-10 -d from-store
diff -r run/step-10 from-store/step-10
[ -z "$(ls -A "$t/data/aiops/store/ingest")" ] || fail "left in the store: $(ls -A "$t/data/aiops/store/ingest")"

# After so many differences a checkpoint goes whole.
run 0 aiops checkpoint push run/step-5 "$registry/chain"
run 0 aiops checkpoint push run/step-10 "$registry/chain" --delta --chain 1
err_has 'as the difference to step-5'
run 0 aiops checkpoint push run/step-15 "$registry/chain" --delta --chain 1
err_has 'is 1 difference deep already: the checkpoint goes whole'

# What lies in OUT already is not fetched: neither bases nor unchanged shards.
start_fake
run 0 aiops copy oci:copy:step-20 "$registry/run:step-20"
before=$(counted sent)
run 0 aiops checkpoint pull "$registry/run:step-20" -d alone
all=$(($(counted sent) - before)) before=$(counted sent)
cp -r run with-parent
rm -r with-parent/step-20
run 0 aiops checkpoint pull "$registry/run:step-20" -d with-parent
some=$(($(counted sent) - before))
diff -r run/step-20 with-parent/step-20
echo "fetched $some bytes where the checkpoint before it lies, $all where nothing does"
((some < all / 2)) || fail "$some bytes of $all were fetched although the base was there"
