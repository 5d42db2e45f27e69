# bench verify REF and bench compare REF: records that are attached to artifacts are verified and compared; with --key only what that
# key signed counts.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cd "$t"
for key in mine other; do aiops key generate --out $key --no-passphrase >/dev/null; done
id=$(aiops key show -q mine.pub)
start_registry plain
needs python3
run 0 aiops copy oci:model:1 "$registry/n:1" -q
run 0 aiops copy oci:model:1 old:1
run 0 aiops bench hash --algorithm sha256 --block 64 --samples 20 --out one.jsonl
runs() { python3 "$SOURCE/tests/rig/bench_runs.py" one.jsonl "$@"; }
runs 1 7 >old.jsonl; runs 1.1 7 >slow.jsonl; runs 1.002 7 >same.jsonl
run 5 aiops bench verify old:1
err_has 'old:1: no records are attached to it'
run 5 aiops bench compare old:1 slow.jsonl
run 0 aiops bench attach old:1 old.jsonl --sign mine.key
run 0 aiops bench attach "$registry/n:1" slow.jsonl

# verify: every record of an artifact, and who vouches for it.
run 0 aiops bench verify old:1 --key mine.pub
[ "$(grep -cE "^old@sha256:[0-9a-f]+:[1-7]	[-0-9a-f]+	holds; signed by the trusted key $id$" out)" = 7 ] || fail "not seven: $(cat out)"
run 0 aiops bench verify old:1 one.jsonl
out_has 'holds; signed, and not verified: no key is given$'
out_has $'^one.jsonl\t.*\tholds$'
run 0 aiops bench verify "$registry/n:1" -o json
out_has '"standing": ?"not signed: a claim"'
run 3 aiops bench verify "$registry/n:1" --key mine.pub -o json
err_has '"reason":"unsigned"'
run 3 aiops bench verify old:1 --key other.pub -o json
err_has '"reason":"untrusted-key"'
run 5 aiops bench verify old:1 --key missing.pub
run 2 aiops bench verify old.jsonl --key mine.pub
err_has -- '--key is for records that are attached to an artifact'

# compare: artifacts, or a file on one side.
run 9 aiops bench compare old:1 "$registry/n:1"
out_has '^regression'
err_has 'new is 10 % slower than old'
err_has 'old: 7 of 7 records are claims'
run 0 aiops bench compare old:1 same.jsonl --key mine.pub
out_has '^ok'
! grep -q claims err || fail "signed ones are called claims: $(cat err)"
run 9 aiops bench compare old.jsonl "$registry/n:1" -o json
out_has '"verdict":"regression"'
run 3 aiops bench compare old:1 "$registry/n:1" --key mine.pub -o json
err_has '"reason":"unsigned"'
err_has 'no record is signed by a key given'
run 3 aiops bench compare old:1 slow.jsonl --key other.pub -o json
err_has '"reason":"untrusted-key"'
run 2 aiops bench compare old.jsonl slow.jsonl --key mine.pub
# Signed slow runs decide, whatever else lies there.
run 0 aiops bench attach "$registry/n:1" same.jsonl --sign mine.key
run 0 aiops bench compare old:1 "$registry/n:1" --key mine.pub
out_has '^ok.*	7$'
err_has 'left out: not signed: a claim'

# Whoever may push may attach anything: without --key nothing is decided on it.
anything() { # PYTHON: attaches what it makes of the first record
  python3 - "$registry" "$digest" "$SOURCE/tests/rig" <<P
import json, sys
sys.path.insert(0, sys.argv[3])
from anything import Artifact
record = json.loads(open("slow.jsonl").readline())
record["id"] = record["id"][:-1] + "f"
$1
Artifact(sys.argv[1], "${repository:-n}", sys.argv[2]).attach_records(text)
P
}
anything 'record["stats"]["median"] += 1; text = json.dumps(record)'
run 3 aiops bench verify "$registry/n:1"
out_has 'stats.median says [0-9]+, and the samples give'
run 3 aiops bench compare old:1 "$registry/n:1"
err_has 'n@sha256:[0-9a-f]*: stats.median says'
run 0 aiops bench compare old:1 "$registry/n:1" --key mine.pub
anything 'record["subject"] = {"manifest_digest": "sha256:" + "0" * 64}; text = json.dumps(record)'
run 3 aiops bench verify "$registry/n:1"
out_has "subject.manifest_digest is \"sha256:0{64}\", and the artifact is $digest"
anything 'text = "{"'
run 3 aiops bench verify "$registry/n:1" # an edited record is worse than one that cannot be read
err_has 'n@sha256:.*: not valid JSON'
run 0 aiops bench compare old:1 "$registry/n:1" --key mine.pub

# One that cannot be read, and nothing else that is wrong.
run 0 aiops copy oci:model:1 "$registry/other:1" -q
run 0 aiops bench attach "$registry/other:1" slow.jsonl
repository=other anything 'text = "{"'
run 8 aiops bench verify "$registry/other:1"
err_has '1 attachment not verified'
run 8 aiops bench compare old:1 "$registry/other:1"
err_has 'no verdict without 1 attachment'
