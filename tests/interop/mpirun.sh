# Open MPI's mpirun starts ranks: they share memory, or take MPI when asked, which adds in the same order; between what look like
# two hosts MPI carries the sums. SIGUSR1 to mpirun, which it passes on, stops all with 75.
. "$(dirname "$0")/../cli/lib-train.sh"
needs mpirun.openmpi
mpi=(mpirun.openmpi --allow-run-as-root --oversubscribe)
train=(aiops train train.yaml --threads 1 --set batch.rows=2)
run 0 "${train[@]}" --ranks 2 --out here
run 0 "${mpi[@]}" -n 2 "${train[@]}" --out plain
err_has '^2 ranks, 1 thread each, as OMPI_COMM_WORLD_RANK says$'
cmp here/model/model.safetensors plain/model/model.safetensors || fail "mpirun gives other bits"

"${mpi[@]}" -n 2 "${train[@]}" --out stopped --set steps=100000 >"$t/out" 2>"$t/err" & pid=$!
until [ "$(cat stopped/metrics.jsonl 2>/dev/null | wc -l)" -gt 20 ]; do sleep 0.02; done
kill -USR1 $pid; code=0; wait $pid || code=$?
[ $code = 75 ] || fail "exit $code, wanted 75: $(cat "$t/err")"
[ "$(grep -c '^aiops: stopped after step' "$t/err")" = 2 ] || fail "not both stop: $(cat "$t/err")"

if [ ! -e "$(dirname "$AIOPS")/libaiops_mpi.so" ]; then
  run 1 "${mpi[@]}" -n 2 "${train[@]}" --collective mpi --out no
  err_has 'there is no MPI plug-in: looked for .*/libaiops_mpi.so, .*/lib/aiops/libaiops_mpi.so'
  skip "built without MPI (libopenmpi-dev)"
fi
run 0 "${mpi[@]}" -n 2 "${train[@]}" --collective mpi --out mpi
cmp here/model/model.safetensors mpi/model/model.safetensors || fail "MPI gives other bits"
run 0 env AIOPS_TRAIN_COLLECTIVE=mpi "${mpi[@]}" -n 2 "${train[@]}" --set steps=2 --out env
run 2 env RANK=1 WORLD_SIZE=2 "${train[@]}" --collective mpi --out no
err_has 'this is rank 1 of 2, but Open MPI [^ ]+ counts it as rank 0 of 1'
run 1 env AIOPS_MPI_PLUGIN="$t/none.so" RANK=1 WORLD_SIZE=2 "${train[@]}" --collective mpi --out no
err_has "there is no MPI plug-in: looked for $t/none.so"
cc -shared -x c -o other.so - <<<'static const unsigned api[2] = {99, 8}; const void* aiops_mpi_api_get(void) { return api; }' 2>/dev/null && {
  run 1 env AIOPS_MPI_PLUGIN="$t/other.so" RANK=1 WORLD_SIZE=2 "${train[@]}" --collective mpi --out no
  err_has "other.so is of another version of aiops"
}
run 2 "${train[@]}" --ranks 2 --collective mpi --out no
err_has -- '--collective mpi is for ranks that mpirun or srun starts, one a process'

unshare --pid --fork true 2>/dev/null || { echo "no name spaces of processes: not between two hosts"; exit 0; }
apart=(unshare --pid --fork --kill-child)
run 0 "${mpi[@]}" -n 2 --mca btl tcp,self "${apart[@]}" "${train[@]}" --collective mpi --out apart
err_has '^2 ranks on 2 hosts by Open MPI [^ ]+, 1 thread each, as OMPI_COMM_WORLD_RANK says$'
cmp here/model/model.safetensors apart/model/model.safetensors || fail "MPI between hosts gives other bits"
run 5 "${mpi[@]}" -n 2 --mca btl tcp,self "${apart[@]}" "${train[@]}" --collective mpi --set data.path=none.txt --out none
err_has '^aiops: (rank 1: )?.*none.txt'
