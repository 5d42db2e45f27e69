# Two hosts, each a network namespace with two ranks, a virtual cable between them: they give the bits of four ranks on one host;
# SIGTERM to one ends both at the same step with 75, and they go on; a host that is killed, or whose cable is cut, ends the other
# with one line, 1, and the last checkpoint whole.
. "$(dirname "$0")/../cli/lib-train.sh"
needs ip pgrep
[ "$(id -u)" = 0 ] || skip "network namespaces need root"
one=aiops-$$-1 two=aiops-$$-2
ip netns add $one 2>"$t/why" || skip "no network namespaces here: $(cat "$t/why")"
at_exit "ip netns del $one; ip netns del $two"
ip netns add $two
ip link add name cable1 netns $one type veth peer name cable2 netns $two 2>"$t/why" || skip "no virtual cables here: $(cat "$t/why")"
for n in 1 2; do
  ip -n aiops-$$-$n addr add 10.77.0.$n/24 dev cable$n
  ip -n aiops-$$-$n link set lo up
  ip -n aiops-$$-$n link set cable$n up
done

# on HOST COMMAND...: becomes that host's process of a launcher that starts one on each, 0 or 1.
on() { local n=$1; shift; exec ip netns exec aiops-$$-$((n + 1)) env PET_NODE_RANK=$n PET_NNODES=2 PET_MASTER_ADDR=10.77.0.1 PET_MASTER_PORT=29500 "$@"; }
train=(aiops train train.yaml --threads 1 --set batch.rows=1 --set eval.every=0)
both=("${train[@]}" --ranks 2 --peer-timeout 2)
# begin ARGUMENT...: both hosts train; $a and $b are their processes.
begin() {
  on 0 "${both[@]}" "$@" >"$t/out0" 2>"$t/err0" & a=$!
  on 1 "${both[@]}" "$@" >"$t/out1" 2>"$t/err1" & b=$!
}
# ended HOST PROCESS CODE REGEX: so it ends, with one line of error.
ended() {
  local code=0
  wait "$2" || code=$?
  [ $code = "$3" ] || fail "host $1: exit $code, wanted $3: $(cat "$t/err$1")"
  [ -z "$4" ] || grep -qE "^aiops: $4" "$t/err$1" || fail "host $1 lacks /$4/: $(cat "$t/err$1")"
  [ "$(grep -c '^aiops:' "$t/err$1")" -le 1 ] || fail "host $1 says more than one line: $(cat "$t/err$1")"
}
under_way() { until [ "$(cat "$1/metrics.jsonl" 2>/dev/null | wc -l)" -gt "$2" ]; do sleep 0.02; done; }

run 0 "${train[@]}" --ranks 4 --out here
begin --out there
ended 0 $a 0 ''
ended 1 $b 0 ''
cp "$t/err0" "$t/err"; err_has '^4 ranks on 2 hosts by TCP, 1 thread each, as PET_NODE_RANK says$'
[ ! -s "$t/out1" ] && [ ! -s "$t/err1" ] || fail "the second host talks: $(cat "$t/out1" "$t/err1")"
cmp here/model/model.safetensors there/model/model.safetensors || fail "two hosts give other bits than one"
# The same four, started one by one, and those of a host not one behind the other.
for rank in 0 1 2 3; do
  ip netns exec aiops-$$-$((rank % 2 + 1)) env RANK=$rank WORLD_SIZE=4 MASTER_ADDR=10.77.0.1 MASTER_PORT=29500 \
    "${train[@]}" --out mixed >"$t/out" 2>"$t/mixed$rank" & pids[rank]=$!
done
for rank in 0 1 2 3; do wait ${pids[rank]} || fail "rank $rank: $(cat "$t/mixed$rank")"; done
grep -q 'do not follow each other: each sum crosses 3 links instead of 1' "$t/mixed0" || fail "no warning: $(cat "$t/mixed0")"
cmp here/model/model.safetensors mixed/model/model.safetensors || fail "ranks that lie otherwise give other bits"

long=(--set steps=800 --set checkpoint.every=40)
run 0 "${train[@]}" --ranks 4 "${long[@]}" --out whole
begin "${long[@]}" --out parts
under_way parts 20
kill -TERM $b
ended 0 $a 75 'stopped after step [0-9]+ of 800; parts/'
ended 1 $b 75 'stopped after step [0-9]+ of 800; parts/'
[ "$(grep -o 'step [0-9]*' "$t/err0" | tail -1)" = "$(grep -o 'step [0-9]*' "$t/err1" | tail -1)" ] || fail "they stop at different steps"

begin "${long[@]}" --out parts
under_way parts 100
mapfile -t ranks < <(pgrep -P $b)
[ ${#ranks[@]} = 2 ] || fail "no ranks on the second host"
kill -KILL $b "${ranks[@]}"
ended 0 $a 1 'rank 2 at 10\.77\.0\.2 has gone without a word'
wait $b || true

begin "${long[@]}" --out parts
under_way parts 300
ip -n $two link set cable2 down
ended 0 $a 1 'rank 2 at 10\.77\.0\.2 has not answered for 2 seconds'
ended 1 $b 1 'rank 0 at 10\.77\.0\.1 has not answered for 2 seconds'
ip -n $two link set cable2 up
begin "${long[@]}" --out parts
ended 0 $a 0 ''
ended 1 $b 0 ''
grep -q 'going on from parts/step-' "$t/err0" || fail "it does not go on: $(cat "$t/err0")"
cmp whole/model/model.safetensors parts/model/model.safetensors || fail "other bits after a kill and a cut"
