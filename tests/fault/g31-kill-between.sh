#!/bin/bash
# G31: kill -9 between the rename of a blob and the update of index.json, and at each rename of pull -d: the next run completes.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
needs strace
make_layout "$t/model" 2 2
start_fake
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
strace -f -o "$t/trace" -e trace=rename true || skip "strace cannot trace here"
for n in 1 2 3 4 5 6; do
  strace -f -o "$t/trace" -e trace=rename,renameat,renameat2 -e inject=rename,renameat,renameat2:signal=KILL:when=$n \
    aiops --store "$t/s$n" pull "$registry/m:1" -q >/dev/null 2>&1 </dev/null || true
  run 0 aiops --store "$t/s$n" pull "$registry/m:1" -q
  out_is "$digest"
  run 0 aiops --store "$t/s$n" store check
  strace -f -o "$t/trace" -e trace=rename,renameat,renameat2 -e inject=rename,renameat,renameat2:signal=KILL:when=$n \
    aiops pull "$registry/m:1" -d "$t/d$n" -q >/dev/null 2>&1 </dev/null || true
  [ -e "$t/d$n" ] || run 0 aiops pull "$registry/m:1" -d "$t/d$n" -q
  diff -r "$t/model.files" "$t/d$n"
done
