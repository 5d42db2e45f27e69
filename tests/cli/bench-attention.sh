# bench attention: every combination and both passes, each checked before it is measured; wrong use is exit 2 and nothing is measured.
. "$(dirname "$0")/../lib.sh"
run 0 aiops bench attention --length 8-16*2 --heads 4 --kv-heads 2,4 --head-dim 16 --samples 3 --out "$t/attention.jsonl"
[ "$(cut -f 1-3 "$t/out" | paste -sd ' ')" = $'2\t8\tforward 2\t8\tbackward 4\t8\tforward 4\t8\tbackward 2\t16\tforward 2\t16\tbackward 4\t16\tforward 4\t16\tbackward' ] || fail "$(cat "$t/out")"
run 0 aiops bench verify "$t/attention.jsonl"
run 2 aiops bench attention --heads 4 --kv-heads 3
out_empty
err_has '4 heads cannot share 3 key/value heads'
run 2 aiops bench attention --pass sideways
err_has "--pass: 'sideways' is not one of forward, backward"
run 1 aiops bench attention --rows 1000000000000 --length 1000 --samples 1
err_has 'does not fit into the memory available'
"$AIOPS" bench ab attention --both length=16 --both pass=forward --a precision=fp32 --b precision=bf16 --samples 3 --threshold 900 >"$t/out" 2>"$t/err" || [ $? = 10 ] || fail "$(cat "$t/err")"
