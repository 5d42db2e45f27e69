# bench attach: records of a file are verified and then kept with an artifact; what does not hold is refused by its field, and nothing is attached.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
needs python3
make_layout "$t/model" 1
cd "$t"
aiops key generate --out k --no-passphrase >/dev/null
run 0 aiops copy oci:model:1 noise:1
run 0 aiops copy oci:model:1 noise:2
type=application/vnd.dev.aiops.bench.v1+json
quick=(bench hash --algorithm sha256 --block 64 --samples 30)
for run in 1 2; do run 0 aiops "${quick[@]}" --out $run.jsonl; done
python3 -m json.tool 2.jsonl >2.json

run 0 aiops bench attach noise:1 1.jsonl 2.json --sign k.key
err_has 'attached 2 records to noise:1 as sha256:[0-9a-f]{64}, signed$'
referrer=$(cat out)
run 0 aiops referrers noise:1 --artifact-type "$type" -q
out_is "$referrer"
run 0 aiops inspect noise:1 --referrers
out_has 'dev.aiops.bench.kind=hash, dev.aiops.bench.records=2, org.opencontainers.image.created=20'
run 0 aiops bench report noise:1 --term --key k.pub
[ "$(grep -c "signed by the trusted key" out)" = 2 ] || fail "not two records that are signed: $(cat out)"
# The same again is the same: canonical lines, whatever the file looked like.
run 0 aiops bench attach noise:1 1.jsonl 2.jsonl -q
out_is "$referrer"
run 0 aiops bench attach noise:1 1.jsonl -o json
python3 - "$digest" <<'P'
import json, sys
answer = json.load(open("out"))
assert answer["subject"] == sys.argv[1] and answer["records"] == 1 and answer["signed"] is False, answer
P

# Both sides of a comparison, of which the second names the first by its digest.
aiops bench ab --samples 12 --out ab.jsonl -- true -- true >/dev/null 2>&1 || true # whatever the verdict
run 0 aiops bench attach noise:1 ab.jsonl
tail -n 1 ab.jsonl >b.jsonl
run 3 aiops bench attach noise:1 b.jsonl
err_has 'b.jsonl: gate.baseline_digest is of no record'

# What does not hold, or is of something else, is refused, and nothing is attached.
run 0 aiops copy oci:model:1 other:1
edited() { # MEMBERS.PATH VALUE WHY
  python3 - "$1" "$2" >edited.json <<'P'
import json, sys
record = json.load(open("2.jsonl"))
at, names = record, sys.argv[1].split('.')
for name in names[:-1]:
    at = at.setdefault(name, {})
at[names[-1]] = json.loads(sys.argv[2])
json.dump(record, sys.stdout)
P
  run 3 aiops bench attach other:1 1.jsonl edited.json
  out_empty
  err_has "edited.json: $3"
}
edited stats.median 12345 'stats.median says 12345, and the samples give [0-9]+'
edited workload.kind 5 'workload.kind is no text'
edited started_at null 'started_at is no text'
edited subject.manifest_digest "\"sha256:$(printf '0%.0s' {1..64})\"" "subject.manifest_digest is \"sha256:0{64}\", and the artifact is $digest"
edited subject '"all"' 'subject.manifest_digest is null, and the artifact is'
run 1 aiops bench attach other:1 1.jsonl 1.jsonl
err_has 'a record of that id is there already'
run 5 aiops bench attach other:1 missing.jsonl
run 5 aiops bench attach other:9 1.jsonl
run 5 aiops bench attach other:1 1.jsonl --sign missing.key
run 2 aiops bench attach other:1
run 0 aiops referrers other:1 -q --artifact-type "$type"
# The store keeps referrers by digest: other:1 is the artifact of noise:1, and has those of before.
[ "$(wc -l <out)" = 3 ] || fail "something was attached: $(cat out)"

# A record that names the artifact may be kept with it elsewhere.
run 0 aiops "${quick[@]}" --attach noise:2 --out own.jsonl
start_registry plain
run 0 aiops copy oci:model:1 "$registry/n:1" -q
run 0 aiops bench attach "$registry/n:1" own.jsonl --sign k.key
run 0 aiops bench report "$registry/n:1" --term --key k.pub
out_has 'signed by the trusted key'
