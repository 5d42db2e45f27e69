#!/bin/bash
# G30: a registry elsewhere redirects to the cloud's metadata address, or to a name that leads to this machine: no connection.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
needs ip
address=$(ip -4 -o addr show scope global | awk '{ sub("/.*", "", $4); print $4; exit }')
[ -n "$address" ] || skip "this machine has no address but loopback"
make_layout "$t/model" 1
layer=$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
start_fake
victim=$registry victim_log=$registry_log
for place in http://169.254.169.254/latest "http://$victim/v2/x" "http://127.0.0.1:${victim##*:}/v2/x" "http://[::1]:9/x" "http://0.0.0.0:${victim##*:}/"; do
  start_fake "listen=$address" "GET;$layer;*;307;Location=$place"
  registry=$address:${registry##*:}
  run 0 aiops push "oci:$t/model:1" "$registry/m:1" --plain-http -q
  run 4 aiops pull "$registry/m:1" -d "$t/files" --plain-http --retries 0 -q
  err_has 'refused to connect'
  [ ! -e "$t/files" ] || fail "files from $place"
done
! grep -q 'v2/x' "$victim_log" || fail "the request was made: $(cat "$victim_log")"
