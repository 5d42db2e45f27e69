# bench generate: llama-bench's names, every combination, a share of the ceiling; what is no test is exit 2 and nothing is measured.
. "$(dirname "$0")/../lib.sh"
run 0 aiops bench generate --test 'pp8-16*2,tg2@d4,pp8+tg2' --precision fp32,bf16 --samples 2
[ "$(cut -f 1,2 "$t/out" | paste -sd ' ')" = $'fp32\tpp8 fp32\tpp16 fp32\ttg2@d4 fp32\tpp8+tg2 bf16\tpp8 bf16\tpp16 bf16\ttg2@d4 bf16\tpp8+tg2' ] || fail "$(cat "$t/out")"
grep -q fma /proc/cpuinfo && { grep -qE $'\t[0-9]+%\t' "$t/out" || fail "no share of the ceiling: $(cat "$t/out")"; }
run 0 aiops bench generate --test tg2 --samples 2 --out "$t/tg.jsonl" -o json
run 0 aiops bench verify "$t/tg.jsonl"
run 2 aiops bench generate --test pp8,512
out_empty
err_has "--test: '512' is not a test"
run 2 aiops bench generate --test pp2000+tg49
err_has 'pp2000\+tg49 is 2049 tokens: tiny takes 2048'
run 2 aiops bench generate --model gpt-9
err_has "--model: 'gpt-9' is not one of gpt2-124m, smollm2-135m, tiny"
# A side may set the suite's flags; whatever the verdict, it is one.
"$AIOPS" bench ab generate --both test=tg2 --a precision=fp32 --b precision=bf16 --samples 3 --threshold 900 >"$t/out" 2>"$t/err" || [ $? = 10 ] || fail "$(cat "$t/err")"
