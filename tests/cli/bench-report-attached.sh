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
python3 - "$registry" "$digest" <<'P'
import base64, hashlib, json, sys, urllib.request
registry, subject = sys.argv[1:]
base = f"http://{registry}/v2/n"
def put(data):
    location = urllib.request.urlopen(urllib.request.Request(f"{base}/blobs/uploads/", method="POST", data=b"")).headers["Location"]
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    urllib.request.urlopen(urllib.request.Request(location + ("&" if "?" in location else "?") + "digest=" + digest, method="PUT", data=data, headers={"Content-Type": "application/octet-stream"}))
    return {"digest": digest, "size": len(data)}
model = urllib.request.urlopen(urllib.request.Request(f"{base}/manifests/{subject}", headers={"Accept": "application/vnd.oci.image.manifest.v1+json"})).read()
about = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": subject, "size": len(model)}
record = json.loads(open("mine.jsonl").readline())
edited = json.loads(json.dumps(record)); edited["stats"]["median"] += 1
other = json.loads(json.dumps(record)); other["subject"]["manifest_digest"] = "sha256:" + "0" * 64
bench, bundle = "application/vnd.dev.aiops.bench.v1+json", "application/vnd.dev.sigstore.bundle.v0.3+json"
listing = []
def attach(kind, media_type, data):
    manifest = json.dumps({"schemaVersion": 2, "mediaType": about["mediaType"], "artifactType": kind,
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", **put(b"{}")},
        "layers": [{"mediaType": media_type, **put(data)}], "subject": about}).encode()
    digest = "sha256:" + hashlib.sha256(manifest).hexdigest()
    urllib.request.urlopen(urllib.request.Request(f"{base}/manifests/{digest}", method="PUT", data=manifest, headers={"Content-Type": about["mediaType"]}))
    listing.append({"mediaType": about["mediaType"], "digest": digest, "size": len(manifest), "artifactType": kind})
for text in "{", json.dumps(edited), json.dumps(other):
    attach(bench, "application/jsonl", text.encode())
tag = f"{base}/manifests/{subject.replace(':', '-')}"  # the fallback, for a registry without the referrers API
index = json.loads(urllib.request.urlopen(urllib.request.Request(tag, headers={"Accept": "application/vnd.oci.image.index.v1+json"})).read())
# A true signature under a statement about the records that nobody signed.
get = lambda path: urllib.request.urlopen(urllib.request.Request(f"{base}/{path}", headers={"Accept": about["mediaType"]})).read()
layers = lambda kind: [json.loads(get("manifests/" + one["digest"]))["layers"][0]["digest"] for one in index["manifests"] if one["artifactType"] == kind]
forged = json.loads(get("blobs/" + layers(bundle)[0]))
statement = json.loads(base64.b64decode(forged["dsseEnvelope"]["payload"]))
signed = statement["predicate"]["records"]["digest"]
unsigned, = [digest[7:] for digest in layers(bench) if digest[7:] != signed["sha256"]]
signed["sha256"] = unsigned
forged["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
attach(bundle, bundle, json.dumps(forged).encode())
index["manifests"] += listing
urllib.request.urlopen(urllib.request.Request(tag, method="PUT", data=json.dumps(index).encode(), headers={"Content-Type": "application/vnd.oci.image.index.v1+json"}))
P
run 8 aiops bench report "$registry/n:1" --key mine.pub --out page.html
err_has 'n@sha256:.*: not valid JSON'
err_has 'n@sha256:.*: stats.median says'
err_has 'is a record of another artifact'
err_has '3 attachments left out'
[ "$(grep -c '<p>localhost:' page.html)" = 2 ] || fail "the others are not shown: $(grep '<p>' page.html)"
grep -q '<p>localhost:[0-9]*/n@[^<]*: its signature names a trusted key and was not made with it: a claim</p>' page.html || fail "a forged statement is not told: $(grep '<p>' page.html)"
