#!/bin/bash
# G32: what a killed pull left is of another version, truncated, or has a hole: its length is not believed, the end is right.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 24
layer=$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
start_fake rate=8000000 # two to three seconds: time to kill it half way
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
partial=$t/store/ingest/sha256-$layer.partial journal=$t/store/ingest/sha256-$layer.journal
aiops --store "$t/store" pull "$registry/m:1" -q >/dev/null 2>&1 </dev/null &
for i in $(seq 200); do [ "$(stat -c %s "$journal" 2>/dev/null || echo 0)" -gt 1540 ] && break || sleep .05; done
kill -9 $! || fail "the pull was over before the kill"
wait $! || true
[ -s "$partial" ] || fail "the killed pull left no partial"
cp -r "$t/store" "$t/killed"
goes_on() { # MOST-BYTES COMMAND...: what is done to the leftovers, and how much may then be sent
  local most=$1 before
  shift
  rm -rf "$t/store" && cp -r "$t/killed" "$t/store"
  "$@"
  before=$(counted blobs "sha256:$layer" sent)
  run 0 aiops --store "$t/store" pull "$registry/m:1" -q
  out_is "$digest"
  run 0 aiops --store "$t/store" store check
  [ -z "$(ls "$t/store/ingest")" ] || fail "leftovers: $(ls "$t/store/ingest")"
  [ $(($(counted blobs "sha256:$layer" sent) - before)) -le "$most" ] || fail "too much was sent after: $*"
}
whole=$((26 * 1048576)) # with what is in flight when one stream becomes parts
goes_on $((whole - 3000000)) true
goes_on $whole truncate -s 1500000 "$partial"
goes_on $((2 * whole)) fallocate -p -o 500000 -l 300000 "$partial"
goes_on $((2 * whole)) dd if=/dev/urandom of="$partial" bs=1000 count=1000 conv=notrunc status=none
goes_on $whole rm "$journal"
goes_on $whole sed -i '1s/journal-1/journal-9/' "$journal"
goes_on $whole truncate -s 25165824 "$partial" # longer than what arrived
