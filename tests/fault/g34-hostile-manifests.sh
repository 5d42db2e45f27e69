#!/bin/bash
# G34: manifests that are huge, endless, nested deep, in a cycle, with duplicate keys, huge integers or broken UTF-8: bounded.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
hostile() { # TEXT-OF-THE-COMPLAINT RULE...
  local complaint=$1
  shift
  start_fake "$@"
  run 1 timeout 20 bash -c "ulimit -v 1000000; exec aiops pull $registry/m:1 -d $t/files --retries 0 -q"
  err_has "$complaint"
  [ ! -e "$t/files" ] || fail "files after $complaint"
}
type='Content-Type=application/vnd.oci.image.manifest.v1+json'
body() { printf 'GET;manifests;*;200;%s;body=%s' "$type" "$1"; }
deep=$(head -c 50000 /dev/zero | tr '\0' '[')
hostile 'larger than 4194304 bytes' 'GET;manifests;*;endless'
hostile 'nested too deeply' "$(body "$deep")"
hostile 'twice' "$(body '{"schemaVersion":2,"schemaVersion":2}')"
hostile 'schemaVersion' "$(body '{"schemaVersion":99999999999999999999999999}')"
hostile 'out of range' "$(body '{"schemaVersion":1e999999}')"
hostile 'not valid (UTF-8|JSON)' "$(body $'{"schemaVersion":2,"a":"\xff\xfe"}')"
hash=$(printf %064d 0)
layer='{"mediaType":"a/b","digest":"sha256:'$hash'","size":'
hostile 'size' "$(body '{"schemaVersion":2,"config":'"$layer"'99999999999999999999},"layers":[]}')"
hostile 'size' "$(body '{"schemaVersion":2,"config":'"$layer"'-1},"layers":[]}')"
