# Ranks with a GPU each add their gradients there, by NCCL, which the stand-ins of tests/fakes are here: the curve of one rank with
# all rows, the same bits each time and on the hosts; what cannot be done there is done on the hosts, and said; a rank that is
# killed ends all.
. "$(dirname "$0")/lib-device.sh"
. "$(dirname "$0")/lib-train.sh"
needs python3
small=(--set model.hidden_size=16 --set model.layers=1 --set model.context=16 --set tokenizer.vocab_size=270 --set eval.batches=1 --device cuda)
four=(--set steps=4 --set batch.rows=1)
run 2 aiops train train.yaml --out none --set all_reduce=nccl; err_has "'all_reduce: nccl' adds gradients on GPUs"
run 2 aiops train train.yaml --out none --set all_reduce=gpu; err_has "'all_reduce' is 'gpu', not auto, nccl or host"
needs_fakes
gpus() { local count=$1; shift; on_fakes env FAKE_CUDART_DEVICES="$count" "$@"; }
clean() { ! grep -q CONTRACT "$t/err" || fail "$1 breaks a contract: $(grep -m1 CONTRACT "$t/err")"; }
same() { cmp "$1/model/model.safetensors" "$2/model/model.safetensors" || fail "$3"; }

run 0 gpus 1 aiops train train.yaml "${small[@]}" --out one --set steps=4 --set batch.rows=2
run 0 gpus 2 aiops train train.yaml "${small[@]}" "${four[@]}" --out two --ranks 2
err_has '^gradients are added on the GPUs by NCCL 2\.[0-9.]+, in the order of the ranks$'; clean 'a sum by NCCL'
steps one two 1e-3
grep -q '"gradientsAdded": *"on the GPUs by NCCL ' two/step-4/training/provenance.json || fail "the provenance does not say how gradients were added"
run 0 gpus 2 env FAKE_CUDART_ORDER=7 FAKE_CUDART_THREADS=reverse aiops train train.yaml "${small[@]}" "${four[@]}" --out again --ranks 2 --set all_reduce=nccl
same two again "the same ranks give other bits"
run 0 gpus 1 aiops train train.yaml "${small[@]}" --out all --set steps=4 --set batch.rows=4
run 0 gpus 4 aiops train train.yaml "${small[@]}" "${four[@]}" --out four --ranks 4
steps all four 1e-3; clean 'a sum of four'
run 0 gpus 2 aiops train train.yaml "${small[@]}" "${four[@]}" --out free --ranks 2 --set deterministic=false
err_has '^gradients are added on the GPUs by NCCL 2\.[0-9.]+, in an order of its own$'
steps one free 1e-3

# On the hosts, with the same bits: as one says, since there is one GPU, or no NCCL that will do.
run 0 gpus 2 aiops train train.yaml "${small[@]}" "${four[@]}" --out host --ranks 2 --set all_reduce=host
err_has "^gradients are added on the hosts, as 'all_reduce' says$"
same two host "NCCL gives other bits than the hosts"
run 0 gpus 4 aiops train train.yaml "${small[@]}" "${four[@]}" --out four-host --ranks 4 --set all_reduce=host
same four four-host "NCCL gives other bits than the hosts, of four ranks"
run 0 gpus 1 aiops train train.yaml "${small[@]}" "${four[@]}" --out shared --ranks 2
err_has '^gradients are added on the hosts: ranks 0 and 1 share a GPU$'
same two shared "a shared GPU gives other bits"
run 7 gpus 1 aiops train train.yaml "${small[@]}" "${four[@]}" --out none --ranks 2 --set all_reduce=nccl
err_has 'NCCL cannot add the gradients: ranks 0 and 1 share a GPU'
[ "$(grep -c 'share a GPU' "$t/err")" = 1 ] || fail "an error is told more than once: $(cat "$t/err")"
mkdir old && ln -s "$fakes"/lib* old && ln -sf "$fakes/libnvidia-ml.so.1" old/libnccl.so.2  # has none of its functions
run 0 env FAKE_CUDART_DEVICES=2 LD_LIBRARY_PATH=old AIOPS_CUDA_PLUGIN=old/libaiops_cuda.so aiops train train.yaml "${small[@]}" "${four[@]}" --out without --ranks 2
err_has '^gradients are added on the hosts: .*libnccl.so.2 has no function ncclGetVersion: it is too old$'
same two without "a run without NCCL has other bits"

run 0 gpus 2 aiops train train.yaml "${small[@]}" "${four[@]}" --out planned --ranks 2 --plan
out_has '^gradients +added on the GPUs by NCCL '
run 0 gpus 2 aiops train train.yaml "${small[@]}" "${four[@]}" --out planned --ranks 2 --plan -o json
json 'v["all_reduce"] == "nccl"'

# Under a launcher that shows each rank one GPU.
rank() { gpus 1 env FAKE_CUDART_FIRST="$1" RANK="$1" WORLD_SIZE=2 LOCAL_RANK="$1" LOCAL_WORLD_SIZE=2 MASTER_ADDR=localhost MASTER_PORT=29567 aiops train train.yaml "${small[@]}" "${four[@]}" --out launched; }
rank 1 >rank1 2>&1 & other=$!
run 0 rank 0
wait $other || fail "the second rank failed: $(cat rank1)"
err_has '^gradients are added on the GPUs by NCCL '
same two launched "a launcher gives other bits"

# What stops and goes on.
long=(--ranks 2 --set batch.rows=1 --set steps=60 --set eval.every=0 --set checkpoint.every=20)
run 0 gpus 2 aiops train train.yaml "${small[@]}" "${long[@]}" --out whole
lines() { { cat "$1/metrics.jsonl" 2>/dev/null || true; } | wc -l; }
begun() { until [ "$(lines "$1")" -gt 2 ]; do kill -0 $pid 2>/dev/null || break; sleep 0.01; done; }
both=(env LD_LIBRARY_PATH="$fakes" AIOPS_CUDA_PLUGIN="$fakes/libaiops_cuda.so" FAKE_CUDART_DEVICES=2 "$AIOPS")
"${both[@]}" train train.yaml "${small[@]}" "${long[@]}" --out parts >"$t/out" 2>"$t/err" & pid=$!
begun parts
kill -TERM $pid; code=0; wait $pid || code=$?
[ $code = 75 ] || fail "exit $code, wanted 75: $(cat "$t/err")"
run 0 gpus 2 aiops train train.yaml "${small[@]}" "${long[@]}" --out parts
err_has 'going on from parts/step-'
same whole parts "the resumed ranks end with other bits"

"${both[@]}" train train.yaml "${small[@]}" "${long[@]}" --out torn --set steps=4000 --set checkpoint.every=2 >"$t/out" 2>"$t/err" & pid=$!
begun torn
until [ -e torn/latest ]; do kill -0 $pid 2>/dev/null || break; sleep 0.01; done
at_exit "kill -9 $pid 2>/dev/null"
read -ra ranks < <(cat "/proc/$pid/task/$pid/children"; echo)
kill -9 "${ranks[1]}"; code=0; wait $pid || code=$?
[ $code = 1 ] || fail "exit $code, wanted 1: $(cat "$t/err")"
[ "$(grep -c 'killed by SIGKILL' "$t/err")" = 1 ] || fail "not one line: $(cat "$t/err")"
err_has 'rank 1 was killed by SIGKILL; torn/step-[0-9]+ is the last checkpoint'
run 0 aiops checkpoint ls torn
last=$(readlink torn/latest)
run 0 gpus 2 aiops train train.yaml "${small[@]}" "${long[@]}" --out torn --set steps=$((${last#step-} + 4))
err_has 'going on from torn/step-'

# Without anybody who started both: the other one notices.
steady=(--set steps=4000 --set eval.every=0 --set checkpoint.every=2)
"${both[@]:0:4}" FAKE_CUDART_FIRST=1 RANK=1 WORLD_SIZE=2 LOCAL_RANK=0 MASTER_ADDR=localhost MASTER_PORT=29568 "$AIOPS" train train.yaml "${small[@]}" "${four[@]}" "${steady[@]}" --out left >rank1 2>&1 & other=$!
"${both[@]:0:4}" RANK=0 WORLD_SIZE=2 LOCAL_RANK=0 MASTER_ADDR=localhost MASTER_PORT=29568 "$AIOPS" train train.yaml "${small[@]}" "${four[@]}" "${steady[@]}" --out left >"$t/out" 2>"$t/err" & pid=$!
at_exit "kill -9 $pid $other 2>/dev/null"
begun left
until [ -e left/latest ]; do kill -0 $pid 2>/dev/null || break; sleep 0.01; done
kill -9 $other; code=0; wait $pid || code=$?
[ $code = 1 ] || fail "exit $code, wanted 1: $(cat "$t/err")"
err_has '^gradients are added on the GPUs by NCCL '
[ "$(grep -c 'rank 1 has gone without a word' "$t/err")" = 1 ] || fail "not one line: $(cat "$t/err")"
