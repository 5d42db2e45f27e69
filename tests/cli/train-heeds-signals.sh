# SIGUSR2 writes a checkpoint and the run goes on; SIGUSR1, as batch systems send it, ends it with 75.
. "$(dirname "$0")/lib-train.sh"
env --default-signal=USR1,USR2 aiops train train.yaml --out run --set steps=100000 --set checkpoint.every=0 --set eval.every=0 >"$t/out" 2>"$t/err" &
pid=$!
lines() { { cat run/metrics.jsonl 2>/dev/null || true; } | wc -l; }
until [ "$(lines)" -gt 2 ]; do sleep 0.01; done
kill -USR2 $pid
until [ -e run/latest ]; do sleep 0.01; done
saved=$(readlink run/latest)
before=$(lines)
until [ "$(lines)" -gt $((before + 2)) ]; do sleep 0.01; done  # it goes on
kill -USR1 $pid
kill -TERM $pid 2>/dev/null || true  # again, as a scheduler in a hurry does
code=0
wait $pid || code=$?
[ $code = 75 ] || fail "exit $code after SIGUSR1, wanted 75: $(cat "$t/err")"
err_has 'stopped after step [0-9]+ of 100000'
[ "$(readlink run/latest)" != "$saved" ] || fail "nothing was written at the end"
