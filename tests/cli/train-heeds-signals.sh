# SIGUSR2 writes a checkpoint and the run goes on; SIGUSR1, as batch systems send it, ends it with 75. The process that started
# several ranks hears both for them.
. "$(dirname "$0")/lib-train.sh"
lines() { { cat "$1/metrics.jsonl" 2>/dev/null || true; } | wc -l; }
heeds() { # OUT FLAG...
  local out=$1 pid code=0 saved before; shift
  env --default-signal=USR1,USR2 aiops train train.yaml --out "$out" --set steps=100000 --set checkpoint.every=0 --set eval.every=0 "$@" >"$t/out" 2>"$t/err" &
  pid=$!
  until [ "$(lines "$out")" -gt 2 ]; do sleep 0.01; done
  kill -USR2 $pid
  until [ -e "$out/latest" ]; do sleep 0.01; kill -0 $pid 2>/dev/null || fail "it ended: $(cat "$t/err")"; done
  saved=$(readlink "$out/latest")
  before=$(lines "$out")
  until [ "$(lines "$out")" -gt $((before + 2)) ]; do sleep 0.01; done  # it goes on
  [ "$(readlink "$out/latest")" = "$saved" ] || fail "one wish, two checkpoints: $saved and $(readlink "$out/latest")"
  kill -USR1 $pid
  kill -TERM $pid 2>/dev/null || true  # again, as a scheduler in a hurry does
  wait $pid || code=$?
  [ $code = 75 ] || fail "exit $code after SIGUSR1, wanted 75: $(cat "$t/err")"
  err_has 'stopped after step [0-9]+ of 100000'
  [ "$(readlink "$out/latest")" != "$saved" ] || fail "nothing was written at the end"
}
heeds one
heeds two --ranks 2
