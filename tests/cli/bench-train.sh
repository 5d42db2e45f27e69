# bench train: every combination of a sweep, tokens per second, and the share of the floor where it was asked for.
. "$(dirname "$0")/../lib.sh"
run 0 aiops bench train --rows 1 --length 8,16 --precision fp32,bf16 --samples 2 --floor
[ "$(cut -f 1,2 "$t/out" | paste -sd ' ')" = $'8\tfp32 8\tbf16 16\tfp32 16\tbf16' ] || fail "$(cat "$t/out")"
grep -qE $'\t[0-9]+%\t' "$t/out" || fail "no share of the floor: $(cat "$t/out")"
run 2 aiops bench train --model gpt-9
err_has "--model: 'gpt-9' is not one of gpt2-124m, smollm2-135m, tiny"
run 2 aiops bench train --length 100000
err_has 'rows of 100000 tokens: tiny takes 2048'
