# A Slurm of its own, two nodes on this host, starts ranks with srun: the bits of --ranks; a signal to the step stops all with 75,
# and the next srun goes on.
. "$(dirname "$0")/../cli/lib-train.sh"
needs srun slurmctld slurmd munged unshare
[ "$(id -u)" = 0 ] || skip "slurmd needs root"
lab=$(mktemp -d /tmp/slurm.XXXXXX) # a short path: it holds a socket
export SLURM_CONF=$lab/slurm.conf
daemons=()
end_lab() {
  scancel --quiet --user=root 2>/dev/null
  local pid
  for pid in "${daemons[@]}"; do kill "$pid" 2>/dev/null; done
  wait "${daemons[@]}" 2>/dev/null
  rm -rf "$lab"
}
at_exit end_lab
start() { local log=$lab/$1.out; shift; "$@" >"$log" 2>&1 & daemons+=($!); }
port=$((20000 + $$ % 10000 * 4))
host=$(hostname -s)
mkdir "$lab"/{state,spool1,spool2}; chmod 755 "$lab"
cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=$port
AuthType=auth/munge
AuthInfo=socket=$lab/munge.socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$lab/state
SlurmdSpoolDir=$lab/spool%n
SlurmctldPidFile=$lab/slurmctld.pid
SlurmdPidFile=$lab/slurmd%n.pid
SlurmctldLogFile=$lab/slurmctld.log
SlurmdLogFile=$lab/slurmd%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
MpiDefault=none
NodeName=1,2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)),$((port + 2)) CPUs=1 RealMemory=1000
PartitionName=all Nodes=1,2 Default=YES
END
head -c 1024 /dev/urandom >"$lab/munge.key"; chmod 600 "$lab/munge.key"
start munged munged --foreground --key-file="$lab/munge.key" --socket="$lab/munge.socket" --pid-file="$lab/munged.pid" \
  --log-file="$lab/munged.log" --seed-file="$lab/munged.seed"
for _ in $(seq 600); do [ ! -S "$lab/munge.socket" ] || break; sleep 0.1; done
start slurmctld slurmctld -D
for node in 1 2; do start slurmd$node slurmd -D -N $node; done
for _ in $(seq 1200); do
  [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" != 2 ] || { up=1; break; }
  sleep 0.1
done
[ -n "${up-}" ] || skip "Slurm does not start here: $(tail -qn 2 "$lab"/*.out | tail -n 4)"

export MASTER_ADDR=127.0.0.1 # the names of these nodes stand for nothing
train=(aiops train train.yaml --threads 1 --set batch.rows=2)
run 0 "${train[@]}" --ranks 2 --out here
run 0 timeout 300 srun --mpi=none -N 2 -n 2 "${train[@]}" --out steps
err_has '^2 ranks, 1 thread each, as SLURM_PROCID says$'
cmp here/model/model.safetensors steps/model/model.safetensors || fail "srun gives other bits"

long=(--set steps=600 --set eval.every=0)
run 0 "${train[@]}" --ranks 2 "${long[@]}" --out whole
timeout 300 srun --mpi=none -N 2 -n 2 "${train[@]}" "${long[@]}" --out long >"$t/out" 2>"$t/err" & pid=$!
until [ "$(cat long/metrics.jsonl 2>/dev/null | wc -l)" -gt 20 ]; do sleep 0.02; done
scancel --signal=USR1 "$(squeue -h -o %A).0"
code=0; wait $pid || code=$?
[ $code = 75 ] || fail "exit $code, wanted 75: $(cat "$t/err")"
run 0 timeout 300 srun --mpi=none -N 2 -n 2 "${train[@]}" "${long[@]}" --out long
err_has 'going on from long/step-'
cmp whole/model/model.safetensors long/model/model.safetensors || fail "what goes on ends with other bits"
