# SIGUSR2 writes a checkpoint and the run goes on; SIGUSR1, as batch systems send it, and SIGHUP, as of a terminal that closes, end it
# with 75. The process that started several ranks hears them for all.
. "$(dirname "$0")/lib-train.sh"
lines() { { cat "$1/metrics.jsonl" 2>/dev/null || true; } | wc -l; }
heeds() { # SIGNAL OUT FLAG...
  local signal=$1 out=$2 pid code=0 saved before; shift 2
  env --default-signal=HUP,USR1,USR2 aiops train train.yaml --out "$out" --set steps=100000 --set checkpoint.every=0 --set eval.every=0 "$@" >"$t/out" 2>"$t/err" &
  pid=$!
  until [ "$(lines "$out")" -gt 2 ]; do sleep 0.01; done
  kill -USR2 $pid
  until [ -e "$out/latest" ]; do sleep 0.01; kill -0 $pid 2>/dev/null || fail "it ended: $(cat "$t/err")"; done
  saved=$(readlink "$out/latest")
  before=$(lines "$out")
  until [ "$(lines "$out")" -gt $((before + 2)) ]; do sleep 0.01; done  # it goes on
  [ "$(readlink "$out/latest")" = "$saved" ] || fail "one wish, two checkpoints: $saved and $(readlink "$out/latest")"
  kill -"$signal" $pid
  kill -TERM $pid 2>/dev/null || true  # again, as a scheduler in a hurry does
  wait $pid || code=$?
  [ $code = 75 ] || fail "exit $code after SIG$signal, wanted 75: $(cat "$t/err")"
  err_has 'stopped after step [0-9]+ of 100000'
  [ "$(readlink "$out/latest")" != "$saved" ] || fail "nothing was written at the end"
}
heeds USR1 one
heeds USR1 two --ranks 2
heeds HUP three
# nohup has it ignored
env --ignore-signal=HUP aiops train train.yaml --out four --set steps=100000 >"$t/out" 2>"$t/err" &
pid=$! code=0
until [ "$(lines four)" -gt 2 ]; do sleep 0.01; done
kill -HUP $pid
before=$(lines four)
until [ "$(lines four)" -gt $((before + 2)) ]; do sleep 0.01; kill -0 $pid || fail "ended by a signal that nohup has it ignore"; done
kill -TERM $pid
wait $pid || code=$?
[ $code = 75 ] || fail "exit $code"
