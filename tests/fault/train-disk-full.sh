# A full disk costs a checkpoint, not the run's earlier ones; the line says which stays.
. "$(dirname "$0")/../cli/lib-train.sh"
needs unshare
mkdir disk
unshare -rm mount -t tmpfs -o size=1m none disk 2>/dev/null || skip "tmpfs cannot be mounted here"
cat >inside.sh <<'END'
set -e
mount -t tmpfs -o size=1400k none disk
aiops train train.yaml --out disk/run --set steps=10 >/dev/null
head -c 10m /dev/zero >disk/fill 2>/dev/null || true
aiops train train.yaml --out disk/run --set steps=20 --set checkpoint.every=5 && exit 1 || code=$?
[ $code = 1 ]
[ "$(readlink disk/run/latest)" = step-10 ]
[ ! -e disk/run/step-20 ] && [ ! -e disk/run/step-20.tmp ]
rm disk/fill
aiops train train.yaml --out disk/run --set steps=20
END
run 0 unshare -rm bash inside.sh
err_has 'no checkpoint at step 15: .*No space left on device; the checkpoint of step 10 stays'
err_has 'No space left on device; the checkpoint of step 10 stays'
out_has '^disk/run/model: step 20,'
