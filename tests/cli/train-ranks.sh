# --ranks 2: the curve of one rank with a doubled batch, the same bits again; TERM stops all at one step, and they go on.
. "$(dirname "$0")/lib-train.sh"
two=(aiops train train.yaml --ranks 2 --set batch.rows=2)
run 0 "${two[@]}" --out two
out_has '^two/model: step 40, '
err_has '^2 ranks, [0-9]+ threads? each, as --ranks says$'
run 0 "${two[@]}" --out again -q
out_is again/model
cmp two/model/model.safetensors again/model/model.safetensors || fail "the same ranks give other bits"
run 0 aiops train train.yaml --out one
run 0 "${two[@]}" --plan
out_has '^memory +[0-9.]+ MiB for each of 2 ranks here = parameters '
losses() { grep -o '"loss":[0-9.]*' "$1/metrics.jsonl" | cut -d: -f2; }
paste <(losses one) <(losses two) | awk '{d = $1 - $2; if (d > 0.001 || d < -0.001) exit 1} END {exit NR != 40}' ||
  fail "two ranks learn otherwise than one: $(paste <(losses one) <(losses two) | tail -3)"

run 0 "${two[@]}" --out whole --set steps=400 --set eval.every=0
"${two[@]}" --out parts --set steps=400 --set eval.every=0 >"$t/out" 2>"$t/err" & pid=$!
lines() { { cat parts/metrics.jsonl 2>/dev/null || true; } | wc -l; }
until [ "$(lines)" -gt 20 ]; do sleep 0.01; done
kill -TERM $pid; code=0; wait $pid || code=$?
[ $code = 75 ] || fail "exit $code, wanted 75: $(cat "$t/err")"
[ "$(grep -c 'stopped after step' "$t/err")" = 1 ] || fail "not one line: $(cat "$t/err")"
run 0 "${two[@]}" --out parts --set steps=400 --set eval.every=0
err_has 'going on from parts/step-'
cmp whole/model/model.safetensors parts/model/model.safetensors || fail "the resumed ranks end with other bits"

# One rank may go on with the same rows a step, aloud; with other rows it is another run.
run 2 aiops train train.yaml --out two --set batch.rows=2 --set steps=50
err_has 'cannot go on: batch.ranks was 2 and is now 1'
run 0 aiops train train.yaml --out two --set steps=50
err_has 'batch.ranks was 2 and is now 1: sums are rounded otherwise'

run 5 "${two[@]}" --out none --set data.path=none.txt
[ "$(grep -c none.txt "$t/err")" = 1 ] || fail "an error is told more than once: $(cat "$t/err")"
