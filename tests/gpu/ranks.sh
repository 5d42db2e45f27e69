# Two ranks with a real GPU each: NCCL and the hosts add their gradients to the same bits.
. "$(dirname "$0")/../lib.sh"
needs python3
aiops device --require cuda >"$t/out" 2>"$t/err" || skip "$(sed -n 's/^aiops: //p' "$t/err")"
aiops device -o json | python3 -c 'import json, sys; sys.exit(len(json.load(sys.stdin)["cuda"]["gpus"]) < 2)' || skip "there is one GPU"
. "$(dirname "$0")/../cli/lib-train.sh"
two=(aiops train train.yaml --set steps=8 --device cuda --ranks 2 --set batch.rows=2)
run 0 "${two[@]}" --out nccl --set all_reduce=nccl
run 0 "${two[@]}" --out host --set all_reduce=host
cmp nccl/model/model.safetensors host/model/model.safetensors || fail "NCCL gives other bits than the hosts"
run 0 "${two[@]}" --out free --set all_reduce=nccl --set deterministic=false
