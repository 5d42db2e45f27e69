#!/bin/bash
# kill -9 in the middle of pull -d: the next run fetches only what is missing, other leftovers go, nothing shows early.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 8 16
start_fake rate=8000000
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
mkdir "$t/.files.aiops-0123456789abcdef"
chmod 700 "$t/.files.aiops-0123456789abcdef"
total=0
for i in 1 2; do
  before=$(counted sent)
  aiops pull "$registry/m:1" -d "$t/files" -q >/dev/null 2>&1 </dev/null &
  pid=$!
  for j in $(seq 200); do [ $(($(counted sent) - before)) -gt 6000000 ] && break || sleep .02; done
  kill -9 $pid || fail "the pull was over before the kill"
  wait $pid || true
  [ ! -e "$t/files" ] || fail "files of a killed pull"
  total=$((total + $(counted sent) - before))
done
before=$(counted sent)
run 0 aiops pull "$registry/m:1" -d "$t/files" -q
diff -r "$t/model.files" "$t/files"
total=$((total + $(counted sent) - before)) size=$((24 * 1048576))
[ $total -le $((size * 115 / 100 + 4000000)) ] || fail "$total bytes were sent for $size"
[ -z "$(find "$t" -maxdepth 1 -name '.files*')" ] || fail "leftovers: $(ls -A "$t")"
