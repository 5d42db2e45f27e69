# The trainer's provenance: a chain of statements, signed on push, and refused when it is about something else.
. "$(dirname "$0")/lib-train.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
aiops key generate --out key --no-passphrase >/dev/null 2>&1
run 0 aiops train train.yaml --out run --set steps=10 --set checkpoint.every=5
run 0 aiops train train.yaml --out run --set steps=15 --set checkpoint.every=5 --set checkpoint.keep=3
run 0 aiops lineage run -o json
python3 -c 'import hashlib, json, sys
chain = json.load(sys.stdin)["chain"]
assert [c["step"] for c in chain] == [15, 10, 5], chain
assert [c["restarts"] for c in chain] == [1, 0, 0] and chain[2]["parent"] is None, chain
assert all(c["parent"]["root"] == p["root"] for c, p in zip(chain, chain[1:])), chain
assert chain[0]["data"] == [{"path": "corpus.txt", "digest": "sha256:" + hashlib.sha256(open("corpus.txt", "rb").read()).hexdigest()}], chain
said = json.load(open("run/step-15/training/provenance.json"))
build, details = said["predicate"]["buildDefinition"], said["predicate"]["runDetails"]
assert said["_type"] == "https://in-toto.io/Statement/v1" and said["predicateType"] == "https://slsa.dev/provenance/v1"
assert build["buildType"] and build["externalParameters"]["config"]["seed"] == 1 and details["builder"]["id"]' <"$t/out"
# The model subject is the root that OpenSSF Model Signing computes for OUT/model.
run 0 aiops sign ./run/model --key key.key --signature model.sig -q
grep -q "$(sed 's/sha256://' "$t/out")" run/step-15/training/provenance.json || fail "no subject is the root of the model"
for step in 5 10 15; do run 0 aiops checkpoint push run/step-$step "$registry/run" --sign key.key; done
run 0 aiops lineage "$registry/run:step-15" --key key.pub
[ "$(grep -c 'signed by [0-9a-f]' "$t/out")" = 3 ] || fail "$(cat "$t/out")"
run 0 aiops verify "$registry/run:step-15" --key key.pub
out_has slsa.dev/provenance/v1
run 0 aiops referrers "$registry/run:step-15" -q
[ "$(wc -l <"$t/out")" = 3 ] || fail "signature, model statement and provenance: $(cat "$t/out")"
run 0 aiops checkpoint push run/step-15 "$registry/run" --sign key.key
run 0 aiops referrers "$registry/run:step-15" -q
[ "$(wc -l <"$t/out")" = 3 ] || fail "said again: $(cat "$t/out")"
# The published model has the history of the checkpoint beside it, and so has what is packed from it.
run 0 aiops lineage run/model -o json
python3 -c 'import json, sys
chain = json.load(sys.stdin)["chain"]
assert [c["step"] for c in chain] == [15, 10, 5] and chain[0]["checkpoint"] == "run/model", chain' <"$t/out"
run 0 aiops pack run/model -t packed:1 --sign key.key
err_has '^packed'
run 0 aiops lineage packed:1 --key key.pub
out_has '^packed:1  step 15 of 15'
out_has 'signed by [0-9a-f]'
run 0 aiops verify packed:1 --key key.pub
out_has slsa.dev/provenance/v1
run 0 aiops lineage packed:1
out_has 'not signed by a trusted key'
run 0 aiops pack run/step-15 -t packed:2 --sign key.key
run 0 aiops lineage packed:2 --key key.pub
out_has 'signed by [0-9a-f]'
cp -r run edited
echo more >>edited/model/README.md
run 5 aiops lineage edited/model
err_has 'no checkpoint beside it has these files'
run 0 aiops pack edited/model -t packed:3 --sign key.key
err_has 'signed without provenance'
run 5 aiops lineage packed:3 --key key.pub
# Somebody exchanges weights and seals the checkpoint anew: the statement gives it away.
cp -r run forged
python3 - <<'P'
import hashlib, json
path = "forged/step-15/model.safetensors"
data = bytearray(open(path, "rb").read()); data[-1] ^= 1; open(path, "wb").write(data)
manifest = json.load(open("forged/step-15/training/manifest.json"))
for file in manifest["files"]:
    if file["path"] == "model.safetensors": file["sha256"] = hashlib.sha256(data).hexdigest()
json.dump(manifest, open("forged/step-15/training/manifest.json", "w"))
P
run 3 aiops lineage forged
err_has 'its provenance is about other files'
rm -r run/step-10
run 0 aiops lineage run
out_has '^step 10  sha256:[0-9a-f]{12}  not here'
# A link that is gone, or names a step that is: the newest whole checkpoint counts, and the training makes the link again.
for link in '' step-99; do
  rm run/latest
  [ -z "$link" ] || ln -s $link run/latest
  mkdir -p run/step-99  # torn
  run 0 aiops lineage run
  out_has '^run/step-15  step 15 of 15'
  run 0 aiops checkpoint push run restored:1
  rm -r run/step-99
  run 0 aiops train train.yaml --out run --set steps=15 --set checkpoint.every=5 --set checkpoint.keep=3
  [ "$(readlink run/latest)" = step-15 ] || fail "latest is not there again"
done
# The advice is a command that runs.
run 5 aiops checkpoint push nope restored:2
err_has 'try: aiops checkpoint ls \. shows what is there'
