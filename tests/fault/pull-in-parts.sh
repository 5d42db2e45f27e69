#!/bin/bash
# Ranges: a server that gives each connection a fixed rate is asked over all idle jobs, one that does not send parts is not.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 40
once() { # OPTION...: pulls and says how many connections had bodies, in $requests
  start_fake rate=8000000 "$@"
  run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
  rm -rf "$t/store"
  run 0 aiops --store "$t/store" pull "$registry/m:1" -q
  out_is "$digest"
  run 0 aiops --store "$t/store" store check
  [ "$(counted connections most)" -le 5 ] || fail "more connections than jobs: $(counted connections most)"
}
once
[ "$(grep -c '^GET .*blobs.* 206 ' "$registry_log")" -ge 4 ] || fail "not in parts: $(cat "$registry_log")"
[ "$(counted sent)" -le $((42 * 1048576)) ] || fail "parts were sent twice: $(counted sent)"
once ranges=none
! grep -q '^GET .*blobs.* range=' "$registry_log" || fail "a range was asked for that nobody offered"
once 'GET;blobs/sha256;1+1;stall;after=1000000' # one of the connections goes silent: replaced long before --timeout
once 'GET;blobs/sha256;2+1;range-ignored'       # parts are no longer sent: one stream again
