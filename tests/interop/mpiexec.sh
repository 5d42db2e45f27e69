# MPICH's mpiexec (hydra) starts ranks on a host: the bits of --ranks, and SIGTERM stops all with 75.
. "$(dirname "$0")/../cli/lib-train.sh"
needs mpiexec.hydra
train=(aiops train train.yaml --threads 1 --set batch.rows=2)
run 0 "${train[@]}" --ranks 2 --out here
run 0 mpiexec.hydra -n 2 "${train[@]}" --out hydra
err_has '^2 ranks, 1 thread each, as PMI_RANK says$'
cmp here/model/model.safetensors hydra/model/model.safetensors || fail "mpiexec gives other bits"
mpiexec.hydra -n 2 "${train[@]}" --out stopped --set steps=100000 >"$t/out" 2>"$t/err" & pid=$!
until [ "$(cat stopped/metrics.jsonl 2>/dev/null | wc -l)" -gt 20 ]; do sleep 0.02; done
kill -TERM $pid; code=0; wait $pid || code=$?
[ $code = 75 ] || fail "exit $code, wanted 75: $(cat "$t/err")"
