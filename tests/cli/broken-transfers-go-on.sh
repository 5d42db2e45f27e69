#!/bin/bash
# A connection cut in the middle of a blob: a pull goes on where it was, a push sends that blob again; stalls count too.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
make_layout "$t/model" 24
run 0 aiops push "oci:$t/model:1" "$registry/noise"
for mode in rst fin; do
  start_proxy cut "$registry" 10000000 0 2 $mode
  run 0 aiops pull "$proxy/noise:1" -d "$t/$mode"
  [ "$(grep -c CUT "$proxy_log")" = 2 ] || fail "the proxy did not cut twice"
  cmp "$t/model.files/part-1.bin" "$t/$mode/part-1.bin"
done
[ "$(grep -cE 'GET .*blobs/.* 206 ' "$registry_log")" = 4 ] || fail "not resumed by range: $(grep GET "$registry_log")"

for mode in rst fin; do
  make_layout "$t/up-$mode" 24
  start_proxy cut "$registry" 0 10000000 1 $mode
  run 0 aiops push "oci:$t/up-$mode:1" "$proxy/up-$mode" -o json
  grep -q CUT "$proxy_log" || fail "the proxy did not cut"
  out_has '"blobs_sent":2'
  run 0 aiops pull "$registry/up-$mode:1" -q
  out_is "$digest"
done

start_proxy cut "$registry" 10000000 0 1 stall
run 0 aiops pull "$proxy/noise:1" -d "$t/stall" --timeout 2
cmp "$t/model.files/part-1.bin" "$t/stall/part-1.bin"
start_proxy cut "$registry" 3000000 0 100 rst
run 0 aiops pull "$proxy/noise:1" -d "$t/many" --retries 1 # each attempt brings something: the budget refills
cmp "$t/model.files/part-1.bin" "$t/many/part-1.bin"
