#!/bin/bash
# SIGTERM in the middle of a blob ends push and pull with 143 and no files; the next run completes.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
make_layout "$t/model" 8
interrupt() { # WHAT-TO-WAIT-FOR COMMAND...
  local request=$1 pid i
  shift
  "$@" >"$t/out" 2>"$t/err" </dev/null &
  pid=$!
  for i in $(seq 200); do
    [ "$(ss -tnH state established "( dport = :${proxy##*:} )" | wc -l)" -gt 0 ] && grep -q "$request" "$registry_log" && break
    sleep .05
  done
  sleep .5
  kill -TERM "$pid"
  local code=0
  wait "$pid" || code=$?
  [ "$code" = 143 ] || fail "exit $code, wanted 143: $(cat "$t/err")"
}
needs ss
start_proxy slow "$registry" 500000
interrupt 'POST /v2/noise/blobs' aiops push "oci:$t/model:1" "$proxy/noise"
run 5 aiops pull "$registry/noise:1"
run 0 aiops push "oci:$t/model:1" "$registry/noise" -q
start_proxy slow "$registry" 0 500000
interrupt 'GET /v2/noise/manifests/1' aiops pull "$proxy/noise:1" -d "$t/files"
[ ! -e "$t/files" ] || fail "files appeared"
run 0 aiops pull "$registry/noise:1" -d "$t/files"
cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
