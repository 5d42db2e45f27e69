# A full disk pauses a run: one line says so, earlier checkpoints stay, and it goes on when there is space. A stop ends the wait.
. "$(dirname "$0")/../cli/lib-train.sh"
needs unshare
mkdir disk
unshare -rm mount -t tmpfs -o size=1m none disk 2>/dev/null || skip "tmpfs cannot be mounted here"
cat >inside.sh <<'END'
set -e
mount -t tmpfs -o size=1400k none disk
aiops train train.yaml --out disk/run --set steps=10 >/dev/null
head -c 10m /dev/zero >disk/fill 2>/dev/null || true
aiops train train.yaml --out disk/run --set steps=20 --set checkpoint.every=5 2>full.err &
pid=$!
until grep -q 'No space left on device; waiting for space' full.err; do kill -0 $pid; sleep 0.05; done
kill -TERM $pid
code=0; wait $pid || code=$?
[ $code = 1 ]
[ "$(readlink disk/run/latest)" = step-10 ]
[ ! -e disk/run/step-20 ] && [ ! -e disk/run/step-20.tmp ]
aiops train train.yaml --out disk/run --set steps=20 2>again.err &
pid=$!
until grep -q 'waiting for space' again.err; do kill -0 $pid; sleep 0.05; done
rm disk/fill
wait $pid
grep -q 'there is space again after' again.err
END
run 0 unshare -rm bash inside.sh
out_has '^disk/run/model: step 20,'
grep -q "No space left on device" full.err || fail "$(cat full.err)"
