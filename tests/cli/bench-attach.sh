#!/bin/bash
# bench … --attach keeps the records with what was measured: a referrer of the artifact, signed if asked; what is wrong is said
# before anything is measured, and what was measured is never lost.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
needs openssl
make_layout "$t/model" 1
cd "$t"
aiops key generate --out k --no-passphrase >/dev/null
run 0 aiops copy oci:model:1 noise:1
quick=(bench hash --block 64 --samples 30)
type=application/vnd.dev.aiops.bench.v1+json

run 0 aiops "${quick[@]}" --attach noise:1 --sign k.key --out records.jsonl
err_has 'attached 2 records to noise:1 as sha256:[0-9a-f]{64}, signed$'
[ "$(wc -l <out)" = 2 ] || fail "the table is not what it is without --attach: $(cat out)"
run 0 aiops bench verify records.jsonl
run 0 aiops inspect noise:1 --referrers
out_has "${type/+/.}"$'\t.*dev.aiops.bench.kind=hash, dev.aiops.bench.records=2, org.opencontainers.image.created=20'
run 0 aiops referrers noise:1 --artifact-type "$type" -q
[ "$(wc -l <out)" = 1 ] || fail "not one referrer: $(cat out)"
referrer=$(cat out)
run 0 aiops referrers noise:1 --artifact-type application/vnd.dev.sigstore.bundle.v0.3+json -q
bundle=$(cat out)
# Read as another program would: blobs by their digests, the signature by openssl.
python3 - "$XDG_DATA_HOME/aiops/store/blobs/sha256" "$digest" "$referrer" "$bundle" <<'P'
import base64, hashlib, json, subprocess, sys
store, subject, referrer, bundle = sys.argv[1:]
blob = lambda digest: open(f"{store}/{digest[7:]}", "rb").read()
manifest = json.loads(blob(referrer))
assert manifest["subject"]["digest"] == subject and manifest["artifactType"] == "application/vnd.dev.aiops.bench.v1+json", manifest
assert manifest["config"]["mediaType"] == "application/vnd.oci.empty.v1+json", manifest["config"]
layer, = manifest["layers"]
assert layer["mediaType"] == "application/jsonl" and blob(layer["digest"]) == open("records.jsonl", "rb").read(), layer
for line in open("records.jsonl"):
    assert json.loads(line)["subject"] == {"manifest_digest": subject}, line
envelope = json.loads(blob(json.loads(blob(bundle))["layers"][0]["digest"]))["dsseEnvelope"]
payload = base64.b64decode(envelope["payload"])
statement = json.loads(payload)
assert statement["predicateType"] == "urn:aiops:bench-record:v1", statement
assert statement["predicate"]["records"]["digest"] == {"sha256": layer["digest"][7:]}, statement
assert [s["digest"]["sha256"] for s in statement["subject"]][0] == subject[7:], statement["subject"]
kind = envelope["payloadType"].encode()
open("signed", "wb").write(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload))
open("signature", "wb").write(base64.b64decode(envelope["signatures"][0]["sig"]))
P
openssl dgst -sha256 -verify k.pub -signature signature signed >/dev/null || fail "openssl does not verify the statement"
run 3 aiops verify noise:1 --key k.pub -o json # a statement about an artifact does not sign it
err_has '"reason":"unsigned"'

# In a registry and in an archive; what is pushed takes its records along.
start_registry plain
run 0 aiops push noise:1 "$registry/n:1" -q
run 0 aiops referrers "$registry/n:1" --artifact-type "$type" -q
out_is "$referrer"
run 0 aiops "${quick[@]}" --attach "$registry/n:1" -o json
[ "$(wc -l <out)" = 2 ] || fail "not two records: $(cat out)"
err_has 'attached 2 records to .*/n:1 as sha256:[0-9a-f]{64}, not signed$'
run 0 aiops referrers "$registry/n:1" --artifact-type "$type" -q
[ "$(wc -l <out)" = 2 ] || fail "not two referrers: $(cat out)"
run 0 aiops copy oci:model:1 archive:noise.tar:1
run 0 aiops "${quick[@]}" --attach archive:noise.tar:1 --sign k.key
run 0 aiops referrers archive:noise.tar:1 -q
[ "$(wc -l <out)" = 2 ] || fail "records and their signature: $(cat out)"

# The verdict of two sides follows from records that name the artifact.
aiops bench ab --samples 12 --attach noise:1 --out ab.jsonl -- true -- true >/dev/null 2>&1 || true # whatever the verdict
run 0 aiops bench verify ab.jsonl
[ "$(grep -c "\"subject\":{\"manifest_digest\":\"$digest\"}" ab.jsonl)" = 2 ] || fail "the sides do not name the artifact"

# Wrong use is said before anything is measured.
run 2 aiops "${quick[@]}" --sign k.key
err_has -- '--attach REF'
out_empty
for suite in 'hash --block 64' 'allreduce --bytes 4KiB' "registry $registry/bench --size 1KiB"; do
  run 5 aiops bench $suite --samples 6 --attach noise:2 --out none.jsonl
  run 5 aiops bench $suite --samples 6 --attach noise:1 --sign missing.key --out none.jsonl
  out_empty
done
run 5 aiops bench ab --samples 6 --attach noise:2 --out none.jsonl -- true -- true
[ ! -e none.jsonl ] || fail "measured for an artifact that is not there"
run 2 aiops bench ab hash --a attach=noise:1 --b seed=2 # a side has no records of its own

# Half of a suite is attached to nothing; what was measured is never lost.
run 0 aiops referrers noise:1 -q
cp out before
for out in '' '--out half.jsonl'; do
  rm -f rounds
  run 1 aiops bench ab --samples 20 --time 0.001 --attach noise:1 --sign k.key $out -- true -- sh -c 'echo >>rounds; [ "$(wc -l <rounds)" -lt 5 ]'
  err_has 'nothing is attached, since not all was measured; the records are in '
  kept=$(sed -nE 's/.*the records are in ([^;]*).*/\1/p' err)
  run 0 aiops bench verify "$kept"
done
[ "$kept" = half.jsonl ] || fail "the records are in $kept"
run 0 aiops referrers noise:1 -q
cmp out before || fail "half of a suite was attached"

start_fake
run 0 aiops push noise:1 "$registry/n:1" -q
change_fake 'PUT;manifests;*;403'
run 4 aiops "${quick[@]}" --attach "$registry/n:1"
err_has 'the records are measured and not attached: '
kept=$(sed -nE 's/.*the records are in ([^;]*); --out FILE keeps them elsewhere.*/\1/p' err)
run 0 aiops bench verify "$kept"
run 4 aiops "${quick[@]}" --attach "$registry/n:1" --out kept.jsonl
err_has 'the records are in kept.jsonl'
run 0 aiops bench verify kept.jsonl
run 4 aiops "${quick[@]}" --attach "$registry/n:1" -o json
err_has 'the records are on standard output'
[ "$(grep -c '"schema":"dev.aiops.bench/v1"' out)" = 2 ] || fail "not two records: $(cat out)"
