# bench operator, attention and gemm beside oneDNN: every engine of a shape, each checked before it is measured; the record says which version, and of what it composed what it lacks.
. "$(dirname "$0")/../lib.sh"
run 2 aiops bench operator --operator swiglu --engine aiops,onednn
out_empty
err_has 'oneDNN has no operator like swiglu'
err_has '--operator layer_norm,gelu,residual,cross_entropy'
run 2 aiops bench attention --precision bf16 --engine onednn
err_has 'oneDNN takes bf16 from memory'
run 2 aiops bench attention --engine mkl
err_has "--engine: 'mkl' is not one of aiops, onednn"
if ! ldconfig -p | grep -q 'libdnnl\.so\.2'; then
  run 1 aiops bench operator --operator gelu --engine onednn
  err_has 'cannot open libdnnl.so.2'
  err_has 'apt-get install libdnnl2'
  skip "libdnnl2 is not installed"
fi
run 0 aiops bench operator --rows 4 --width 32 --samples 2 --engine aiops,onednn --out "$t/operator.jsonl"
[ "$(cut -f 1-3 "$t/out" | paste -sd ' ')" = $'layer_norm\tforward\taiops layer_norm\tforward\toneDNN layer_norm\tbackward\taiops layer_norm\tbackward\toneDNN gelu\tforward\taiops gelu\tforward\toneDNN gelu\tbackward\taiops gelu\tbackward\toneDNN residual\tforward\taiops residual\tforward\toneDNN cross_entropy\tforward\taiops cross_entropy\tforward\toneDNN cross_entropy\tbackward\taiops cross_entropy\tbackward\toneDNN' ] || fail "$(cat "$t/out")"
run 0 aiops bench verify "$t/operator.jsonl"
jq -se 'map(select(.engine.name == "oneDNN")) | length == 7 and all(.engine.version | test("^[0-9]+[.][0-9]+[.][0-9]+$")) and all(.correctness.pass) and (last.engine.flags | .composed and .softmax)' "$t/operator.jsonl" >/dev/null || fail "$(cat "$t/operator.jsonl")"
# Query heads of their own, and two that share a key/value head; one sequence, where the library adds the mask as it multiplies, and two, where it cannot.
run 0 aiops bench attention --rows 1,2 --length 20 --heads 4 --kv-heads 2,4 --head-dim 16 --samples 2 --engine aiops,onednn --out "$t/attention.jsonl"
[ "$(cut -f 4 "$t/out" | sort | uniq -c | xargs)" = '8 aiops 8 oneDNN' ] || fail "$(cat "$t/out")"
run 0 aiops bench verify "$t/attention.jsonl"
jq -se 'map(select(.engine.name == "oneDNN")) | length == 8 and all(.engine.flags.composed) and all(.correctness.pass)' "$t/attention.jsonl" >/dev/null || fail "$(cat "$t/attention.jsonl")"
run 0 aiops bench gemm --m 16-32*2 --n 8 --k 24 --transpose nn,nt,tn,tt --engine aiops,onednn --samples 2 --out "$t/gemm.jsonl"
[ "$(wc -l <"$t/out")" = 16 ] || fail "wanted 2 shapes, 4 transposes and 2 engines: $(cat "$t/out")"
run 0 aiops bench verify "$t/gemm.jsonl"
# One against the other, with a verdict.
"$AIOPS" bench ab operator --both operator=gelu --both pass=forward --a engine=onednn --b engine=aiops --samples 3 --threshold 900 >"$t/out" 2>"$t/err" || [ $? = 10 ] || fail "$(cat "$t/err")"
