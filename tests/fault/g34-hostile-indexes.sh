#!/bin/bash
# G34: an index nested in an index nested in an index, one that is its own child by name, 20,000 layers: bounded time and memory.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_fake
python3 - "http://$registry/v2/m/" <<'P'
import hashlib, json, sys, urllib.request
INDEX, MANIFEST = "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json"
def put(where, value, kind):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    urllib.request.urlopen(urllib.request.Request(sys.argv[1] + where, data, {"Content-Type": kind}, method="PUT"))
    return {"mediaType": kind, "digest": "sha256:" + hashlib.sha256(data).hexdigest(), "size": len(data)}
def blob(data):
    answer = urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "blobs/uploads/", b"", method="POST"))
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    urllib.request.urlopen(urllib.request.Request(answer.headers["Location"] + "&digest=" + digest, data, method="PUT"))
    return {"mediaType": "application/octet-stream", "digest": digest, "size": len(data)}
config = blob(b"{}")
child = put("manifests/leaf", {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []}, MANIFEST)
for level in range(30):
    child = put(f"manifests/deep", {"schemaVersion": 2, "mediaType": INDEX, "manifests": [child]}, INDEX)
one = blob(b"x" * 100)
put("manifests/many", {"schemaVersion": 2, "mediaType": MANIFEST, "config": config,
                       "layers": [{"mediaType": "a/b", "digest": one["digest"], "size": 100}] * 30000}, MANIFEST)
P
run 1 timeout 20 aiops pull "$registry/m:deep" -q
err_has 'nested too deep'
run 2 timeout 20 aiops pull "$registry/m:deep" -d "$t/files" -q
[ ! -e "$t/files" ] || fail "files of an index that is nested too deep"
[ "$(counted requests 'GET blobs')" = 0 ] || fail "a blob was asked for"
run 0 timeout 20 aiops pull "$registry/m:many" -q
[ "$(counted requests 'GET blobs')" = 2 ] || fail "the same blob was fetched again and again: $(counted requests 'GET blobs')"
