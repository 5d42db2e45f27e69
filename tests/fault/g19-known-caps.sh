#!/bin/bash
# G19: a blob above a cap that is known of the registry. A warning before the upload, not after hours.
. "$(dirname "$0")/lib-push.sh"
big() { # BYTES: makes the layer a hole of that size
  local digest
  digest=$(printf %064d "$1")
  truncate -s "$1" "$t/model/blobs/sha256/$digest"
  python3 - "$t/model" "$digest" "$1" <<'P'
import hashlib, json, sys
directory, digest, size = sys.argv[1:]
index = json.load(open(f"{directory}/index.json"))
manifest = json.load(open(f"{directory}/blobs/{index['manifests'][0]['digest'].replace(':', '/')}"))
manifest["layers"][0].update(digest=f"sha256:{digest}", size=int(size))
text = json.dumps(manifest).encode()
name = hashlib.sha256(text).hexdigest()
open(f"{directory}/blobs/sha256/{name}", "wb").write(text)
index["manifests"][0].update(digest=f"sha256:{name}", size=len(text))
json.dump(index, open(f"{directory}/index.json", "w"))
P
}
refused() { # HOST: what a push there says, up to the first upload
  start_fake 'POST;uploads;*;403'
  run 4 env "http_proxy=http://$registry" aiops push "oci:$t/model:1" "$1/m:1" --plain-http
}
big 10500000000
refused ghcr.io
err_has 'warning: blob sha256:000000000000 has 9.8 GiB and may be refused: GitHub takes layers of up to 10 GB'
refused public.ecr.aws && err_has '10,000 MiB a layer'
refused quay.io && ! grep -q warning "$t/err" || fail "a warning below the cap"
big 60000000000
refused quay.io && err_has 'Quay takes about 20 GB'
refused 1.dkr.ecr.eu-west-1.amazonaws.com && err_has '52,000 MiB a layer'
big 200000000000
refused registry.test && err_has '10,000 parts'
