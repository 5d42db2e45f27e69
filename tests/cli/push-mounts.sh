#!/bin/bash
# What one repository of a registry was seen to have is mounted into another one: docker-registry, open and with tokens.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 2 1
for kind in plain token; do
  start_registry "$kind"
  flags=()
  if [ "$kind" = token ]; then
    flags=(--tls-ca "$registry_ca")
    run 0 bash -c 'echo s3cret | aiops login "$0" -u alice --password-stdin "$@"' "$registry" "${flags[@]}"
  fi
  run 0 aiops push "oci:$t/model:1" "$registry/$kind/a:1" "${flags[@]}" -o json
  out_has '"blobs_sent":3'
  run 0 aiops push "oci:$t/model:1" "$registry/$kind/b:1" "${flags[@]}" -o json
  out_has '"blobs_sent":0,"blobs_existed":0,"blobs_mounted":3,"bytes_sent":0'
  rm -rf "$t/back" "$XDG_STATE_HOME"
  run 0 aiops copy "$registry/$kind/b:1" "oci:$t/back:1" "${flags[@]}" # what is pulled is remembered, too
  run 0 aiops push "oci:$t/model:1" "$registry/$kind/c:1" "${flags[@]}" -o json
  out_has '"blobs_mounted":3'
done
