# SIGTERM: a checkpoint and exit 75; the same command goes on and ends with the bits of a run that never stopped.
. "$(dirname "$0")/lib-train.sh"
aiops train train.yaml --out whole --set steps=400 --set checkpoint.every=0 >"$t/out" 2>"$t/err" || fail "$(cat "$t/err")"
lines() { { cat parts/metrics.jsonl 2>/dev/null || true; } | wc -l; }
stop_with() {  # bash starts background jobs with SIGINT ignored; env gives it back
  env --default-signal=INT aiops train train.yaml --out parts --set steps=400 --set checkpoint.every=0 >"$t/out" 2>"$t/err" &
  local pid=$! code=0 before
  before=$(lines)
  until [ "$(lines)" -gt "$before" ]; do sleep 0.01; done
  kill -"$1" $pid
  wait $pid || code=$?
  [ $code = 75 ] || fail "exit $code after SIG$1, wanted 75: $(cat "$t/err")"
  out_empty
  err_has 'stopped after step [0-9]+ of 400; parts/step-[0-9]+ holds it'
  err_has 'run the same command again to go on'
}
stop_with TERM
stop_with INT
run 0 aiops train train.yaml --out parts --set steps=400 --set checkpoint.every=0
err_has 'going on from parts/step-'
cmp whole/model/model.safetensors parts/model/model.safetensors || fail "the resumed run ends with other bits"
cmp whole/step-400/training/optimizer.safetensors parts/step-400/training/optimizer.safetensors || fail "other moments"
# A killed run: what is called step-N is whole, and the rest is passed over.
aiops train train.yaml --out killed --set steps=400 --set checkpoint.every=20 >/dev/null 2>&1 &
pid=$!
until [ -e killed/latest ]; do sleep 0.01; done
kill -KILL $pid; wait $pid || true
run 0 aiops train train.yaml --out killed --set steps=400 --set checkpoint.every=20
err_has 'going on from killed/step-'
cmp whole/model/model.safetensors killed/model/model.safetensors || fail "the killed run ends with other bits"
# A length in epochs is told in steps.
sed '/^steps/d' train.yaml >epochs.yaml
for again in first second; do run 0 aiops train epochs.yaml --out epochs --set epochs=0.5; done
err_has 'going on from epochs/step-([0-9]+), step \1 of \1$'
# Fewer steps than are done already: one line, and it makes sense.
run 0 aiops train train.yaml --out further --set steps=5
run 0 aiops train train.yaml --out further --set steps=2
err_has '^step 5 is done already: nothing is left to train$'
! grep 'step 5 of 2' "$t/err" || fail "step 5 of 2"
