# A signal while standard input is awaited ends the program with 128 + its number, and nothing is left.
. "$(dirname "$0")/../lib.sh"
mkfifo "$t/pipe"
exec 9<>"$t/pipe"  # a writer that never writes and never ends
for signal in TERM INT; do
  env --default-signal=INT aiops login localhost:1 -u alice --password-stdin <"$t/pipe" >"$t/out" 2>"$t/err" &
  pid=$!
  until grep -q 'SigCgt:.*[2-9a-f]' "/proc/$pid/status" 2>/dev/null && [ "$(cat "/proc/$pid/comm")" = aiops ]; do sleep 0.01; done
  sleep 0.2
  kill -"$signal" "$pid"
  code=0
  wait "$pid" || code=$?
  [ "$code" = "$((128 + $(kill -l "$signal")))" ] || fail "exit $code after SIG$signal: $(cat "$t/err")"
  out_empty
done
