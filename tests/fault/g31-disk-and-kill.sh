#!/bin/bash
# G31: a file size limit in the middle, a read-only store, two pulls of one digest at once: a clear error, and a later run completes.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 12
start_fake
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
run 1 bash -c "ulimit -f 6000; trap '' XFSZ; aiops pull '$registry/m:1' -q"
err_has 'File too large'
run 0 aiops store check
run 0 aiops pull "$registry/m:1" -q
out_is "$digest"
if [ "$(id -u)" = 0 ] && mkdir "$t/small" && mount -t tmpfs -o size=8m none "$t/small" 2>/dev/null; then
  at_exit "umount '$t/small'"
  before=$(counted sent)
  run 1 aiops --store "$t/small/store" pull "$registry/m:1" -q
  err_has 'No space left on device'
  [ $(($(counted sent) - before)) -lt 8000000 ] || fail "a disk that is too small was known only after the transfer"
  run 1 aiops pull "$registry/m:1" -d "$t/small/files" -q
  [ ! -e "$t/small/files" ] || fail "files on a full disk"
  mount -o remount,size=40m "$t/small"
  run 0 aiops --store "$t/small/store" pull "$registry/m:1" -q
  mount -o remount,ro "$t/small"
  run 4 aiops pull "$registry/m:1" -d "$t/small/files" -q
  err_has 'Read-only file system'
fi
before=$(counted sent)
pids=()
for i in 1 2 3; do
  aiops --store "$t/both" pull "$registry/m:1" -q >"$t/out$i" 2>&1 &
  pids+=($!)
done
wait "${pids[@]}"
cat "$t/out1" "$t/out2" "$t/out3" | sort -u >"$t/out"
out_is "$digest"
[ $(($(counted sent) - before)) -lt 13000000 ] || fail "one digest was fetched more than once: $(($(counted sent) - before))"
