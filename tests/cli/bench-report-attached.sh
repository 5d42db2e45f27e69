#!/bin/bash
# bench report REF shows the records that are attached to an artifact, and of each who vouches for it; nothing is taken on trust.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cd "$t"
for key in mine other; do aiops key generate --out $key --no-passphrase >/dev/null; done
run 0 aiops copy oci:model:1 noise:1
run 5 aiops bench report noise:1
err_has 'noise:1: no records are attached to it'
run 5 aiops bench report noise:2
quick=(bench hash --block 64 --algorithm sha256 --samples 30)
run 0 aiops "${quick[@]}" --attach noise:1 --sign mine.key --out mine.jsonl
id=$(aiops key show -q mine.pub)
run 0 aiops bench report noise:1 --term --key mine.pub
out_has "noise@sha256:[0-9a-f]*:? .*signed by the trusted key $id"
run 0 aiops bench report noise:1 --term --key other.pub
out_has 'not signed by a trusted key: a claim'
run 0 aiops bench report noise:1 --term
out_has 'signed, and not verified: no key is given'
mkdir -p "$XDG_CONFIG_HOME/aiops/trusted"; cp mine.pub "$XDG_CONFIG_HOME/aiops/trusted"
run 0 aiops bench report noise:1 --term
out_has "signed by the trusted key $id"

# A second run, not signed, in a registry; the page says of each what it is, and of a file too.
run 0 aiops "${quick[@]}" --attach noise:1
start_registry plain
run 0 aiops push noise:1 "$registry/n:1" -q
run 0 aiops bench report "$registry/n:1" mine.jsonl --key mine.pub --out page.html
out_is page.html
for text in "<p>localhost:[0-9]*/n@[^<]*: signed by the trusted key $id</p>" '<p>localhost:[0-9]*/n@[^<]*: not signed: a claim</p>' '<p>mine.jsonl: not signed: a claim</p>'; do
  [ "$(grep -c "$text" page.html)" = 1 ] || fail "the page lacks $text: $(grep '<p>' page.html)"
done
run 5 aiops bench report "$registry/n:1" --key missing.pub

# Whoever may push may attach anything: it is named and left out, and the rest is shown.
python3 - "$registry" "$digest" "$SOURCE/tests/rig" <<'P'
import base64, json, sys
sys.path.insert(0, sys.argv[3])
from anything import BENCH, BUNDLE, Artifact
artifact = Artifact(sys.argv[1], "n", sys.argv[2])
# A true signature under a statement about the records that nobody signed.
forged = json.loads(artifact.get("blobs/" + artifact.layers(BUNDLE)[0]))
statement = json.loads(base64.b64decode(forged["dsseEnvelope"]["payload"]))
signed = statement["predicate"]["records"]["digest"]
unsigned, = [digest[7:] for digest in artifact.layers(BENCH) if digest[7:] != signed["sha256"]]
signed["sha256"] = unsigned
forged["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
artifact.attach(BUNDLE, BUNDLE, json.dumps(forged).encode())
record = json.loads(open("mine.jsonl").readline())
edited = json.loads(json.dumps(record)); edited["stats"]["median"] += 1
other = json.loads(json.dumps(record)); other["subject"]["manifest_digest"] = "sha256:" + "0" * 64
for text in "{", json.dumps(edited), json.dumps(other):
    artifact.attach_records(text)
P
run 8 aiops bench report "$registry/n:1" --key mine.pub --out page.html
err_has 'n@sha256:.*: not valid JSON'
err_has 'n@sha256:.*: stats.median says'
err_has "subject.manifest_digest is \"sha256:0{64}\", and the artifact is $digest"
err_has '3 attachments left out'
[ "$(grep -c '<p>localhost:' page.html)" = 2 ] || fail "the others are not shown: $(grep '<p>' page.html)"
grep -q '<p>localhost:[0-9]*/n@[^<]*: its signature names a trusted key and was not made with it: a claim</p>' page.html || fail "a forged statement is not told: $(grep '<p>' page.html)"
