#!/bin/bash
# Without a flag, a push and a pull come to their end in spite of a silent peer, a cut every 50 MB, tokens that die every 3 s,
# and bursts of 503. (The silent peer is given up after 2 s instead of 30, by environment, to keep the test quick.)
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"

there_and_back() { # LAYOUT OPTION-OR-RULE...
  local layout=$1
  shift
  start_fake "$@"
  case $* in *bearer*) sign_in alice s3cret-word ;; esac
  run 0 aiops push "oci:$layout:1" "$registry/m:1" -q
  run 0 aiops pull "$registry/m:1" -d "$t/files" -q
  diff -r "$layout.files" "$t/files"
  rm -rf "$t/files"
}
cuts() { grep -c "^CUT $1" "$registry_log" || true; }

make_layout "$t/big" 50 50 50 50
AIOPS_REGISTRY_TIMEOUT=2 there_and_back "$t/big" 'PUT|PATCH;uploads;1;stall;after=20000000' 'GET;blobs/sha256;1;stall;after=20000000'
[ "$(cuts stall)" = 2 ] || fail "$(cuts stall) silences, wanted 2"

there_and_back "$t/big" keeps cut-every=50000000
[ "$(counted cuts)" -ge 8 ] || fail "only $(counted cuts) cuts in 400 MB"

make_layout "$t/many" 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4 4
there_and_back "$t/many" bearer=alice:s3cret-word token-life=3 expires-in=300 rate=2000000 up-rate=2000000
[ "$(counted requests 'GET token')" -ge 4 ] || fail "no token died: $(counted requests)"

there_and_back "$t/many" '*;/v2/m/;0+3%20;503'
[ "$(grep -c ' 503' "$registry_log")" -ge 10 ] || fail "too few 503"
