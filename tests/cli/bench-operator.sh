# bench operator: every operator and the passes that it has, each checked before it is measured; wrong use is exit 2 and nothing is measured.
. "$(dirname "$0")/../lib.sh"
run 0 aiops bench operator --rows 4 --width 32 --samples 2 --out "$t/operator.jsonl"
[ "$(cut -f 1,2 "$t/out" | paste -sd ' ')" = $'layer_norm\tforward layer_norm\tbackward rms_norm\tforward rms_norm\tbackward gelu\tforward gelu\tbackward swiglu\tforward swiglu\tbackward rope\tforward rope\tbackward residual\tforward cross_entropy\tforward cross_entropy\tbackward adamw\tforward' ] || fail "$(cat "$t/out")"
run 0 aiops bench verify "$t/operator.jsonl"
run 2 aiops bench operator --operator softmax
out_empty
err_has "--operator: 'softmax' is not one of layer_norm, rms_norm, gelu"
run 2 aiops bench operator --operator rope --width 7
err_has 'a width of 7 is odd'
run 2 aiops bench operator --operator adamw --pass backward
err_has 'none of these operators has such a pass'
run 1 aiops bench operator --operator gelu --rows 1000000000000 --samples 1
err_has 'do not fit into the memory available'
"$AIOPS" bench ab operator --both operator=gelu --a width=64 --b width=64 --samples 3 --threshold 900 >"$t/out" 2>"$t/err" || [ $? = 10 ] || fail "$(cat "$t/err")"
