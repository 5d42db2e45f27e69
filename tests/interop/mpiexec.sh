# MPICH's mpiexec (hydra) starts ranks on a host: the bits of --ranks, and SIGTERM stops all with 75.
. "$(dirname "$0")/../cli/lib-train.sh"
needs mpiexec.hydra
train=(aiops train train.yaml --threads 1 --set batch.rows=2)
run 0 "${train[@]}" --ranks 2 --out here
run 0 mpiexec.hydra -n 2 "${train[@]}" --out hydra
err_has '^2 ranks, 1 thread each, as PMI_RANK says$'
cmp here/model/model.safetensors hydra/model/model.safetensors || fail "mpiexec gives other bits"
# hydra now and then forgets what its ranks exited with when a signal ends them: each rank's code is written down beside it.
cat >rank <<'END'
#!/bin/bash
trap 'kill -TERM $pid' TERM
"$@" & pid=$!
while kill -0 $pid 2>/dev/null; do code=0; wait $pid || code=$?; done
echo $code >>codes
END
chmod +x rank
mpiexec.hydra -n 2 ./rank "${train[@]}" --out stopped --set steps=100000 >"$t/out" 2>"$t/err" & pid=$!
until [ "$(cat stopped/metrics.jsonl 2>/dev/null | wc -l)" -gt 20 ]; do sleep 0.02; done
kill -TERM $pid; wait $pid || true
for _ in $(seq 500); do [ "$(wc -l <codes)" = 2 ] && break; sleep 0.02; done
[ "$(cat codes)" = $'75\n75' ] || fail "exit codes $(cat codes), wanted 75 twice: $(cat "$t/err")"
