# Processes that a launcher starts on one host find each other and train one model; those that launchers count differently do not.
. "$(dirname "$0")/lib-train.sh"
slurm() { env SLURM_JOB_ID=$$ SLURM_STEP_ID=0 SLURM_NTASKS=2 SLURM_NNODES=1 "SLURM_PROCID=$1" "SLURM_LOCALID=$1" "${@:2}"; }
mpi() { env "OMPI_COMM_WORLD_RANK=$1" OMPI_COMM_WORLD_SIZE=2 "OMPI_COMM_WORLD_LOCAL_RANK=$1" OMPI_COMM_WORLD_LOCAL_SIZE=2 "PMIX_RANK=$1" "PMIX_NAMESPACE=t$$" "${@:2}"; }
torchrun() { env "RANK=$1" WORLD_SIZE=2 MASTER_ADDR=localhost "MASTER_PORT=$((20000 + $$ % 20000))" "${@:2}"; }
run 0 aiops train train.yaml --set batch.rows=2 --ranks 2 --out here
for launcher in slurm mpi torchrun; do
  $launcher 1 aiops train train.yaml --set batch.rows=2 --out $launcher >"$t/out1" 2>"$t/err1" & pid=$!
  run 0 $launcher 0 aiops train train.yaml --set batch.rows=2 --out $launcher
  wait $pid || fail "rank 1 under $launcher: $(cat "$t/err1")"
  [ ! -s "$t/out1" ] && [ ! -s "$t/err1" ] || fail "rank 1 talks: $(cat "$t/out1" "$t/err1")"
  err_has '^2 ranks, .* as (SLURM_PROCID|OMPI_COMM_WORLD_RANK|RANK) says$'
  cmp here/model/model.safetensors $launcher/model/model.safetensors || fail "$launcher gives other bits"
done
run 2 slurm 0 env RANK=1 WORLD_SIZE=2 aiops train train.yaml --out no
err_has 'RANK=1 of 2 \(WORLD_SIZE\) disagrees with SLURM_PROCID=0 of 2 \(SLURM_NTASKS\)'
run 2 slurm 0 aiops train train.yaml --out no --ranks 2
err_has 'SLURM_PROCID says that this process is one of 2 ranks: it cannot start --ranks 2'
run 2 env RANK=0 WORLD_SIZE=2 aiops train train.yaml --out no
err_has '2 ranks on several hosts, as RANK says, but nothing says where they meet'
run 6 torchrun 1 aiops train train.yaml --out no --collective tcp --join-timeout 1
err_has '^aiops: rank 1: no answer from rank 0 at localhost:[0-9]+: Connection refused$'
run 6 torchrun 0 aiops train train.yaml --out no --collective tcp --join-timeout 1
err_has '^aiops: rank 1 of 2 did not come to (127\.0\.0\.1|\[::1\]):[0-9]+ within 1 seconds$'
run 6 env RANK=0 WORLD_SIZE=2 MASTER_ADDR=no-such-host.invalid aiops train train.yaml --out no --join-timeout 1
err_has 'cannot find the address of no-such-host.invalid'
[ ! -e no ] || fail "something was written"

# Over TCP, though they could share memory: the same bits. A rank of another configuration is refused, and the others go on waiting.
tcp=(aiops train train.yaml --set batch.rows=2 --collective tcp --out tcp)
torchrun 0 "${tcp[@]}" >"$t/out0" 2>"$t/err0" & pid=$!
run 2 torchrun 1 "${tcp[@]}" --set steps=39
err_has '^aiops: rank 1: refused by rank 0 at localhost:[0-9]+: it has another configuration$'
run 0 torchrun 1 "${tcp[@]}"
wait $pid || fail "rank 0: $(cat "$t/err0")"
grep -qE '^aiops: warning: refused rank 1 from (127\.0\.0\.1|::1): it has another configuration$' "$t/err0" || fail "no warning: $(cat "$t/err0")"
cmp here/model/model.safetensors tcp/model/model.safetensors || fail "TCP gives other bits"
