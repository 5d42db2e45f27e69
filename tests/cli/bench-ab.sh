# bench ab: the exit code is the verdict. Times are slept and far apart, so no load decides; noise only makes undecided.
. "$(dirname "$0")/../lib.sh"
needs python3
# Half as fast again as the threshold asks for is a regression, also on a busy machine; the records hold.
run 9 aiops bench ab --threshold 50 --samples 12 --seed 7 --out "$t/slow.jsonl" -- sleep 0.02 -- sleep 0.2
out_has $'^regression\t[0-9.]+\t[0-9.]+\t\+[0-9.]+%\t'
err_has 'B is .* % slower than A \(95 %: '
run 0 aiops bench verify "$t/slow.jsonl"
python3 - "$t/slow.jsonl" <<'P'
import json, sys
a, b = (json.loads(line) for line in open(sys.argv[1]))
assert a["gate"] is None and b["gate"]["verdict"] == "regression" and b["gate"]["n"] == 12, b["gate"]
assert a["method"]["seed"] == b["method"]["seed"] == 7 and b["method"]["order"] == "random"
assert a["workload"]["command"] == ["sleep", "0.02"], a["workload"]
assert a["metrics"][0]["direction"] == "lower" and a["metrics"][0]["unit"] == "ms"
P
sed '2s/"verdict":"regression"/"verdict":"ok"/' "$t/slow.jsonl" >"$t/edited.jsonl"
run 3 aiops bench verify "$t/edited.jsonl"
err_has 'gate.verdict says "ok", and the samples of both give "regression"'
tail -n 1 "$t/slow.jsonl" >"$t/second.jsonl"
run 3 aiops bench verify "$t/second.jsonl"
err_has 'gate.baseline_digest is of no record that is in the file'

run 0 aiops bench ab --threshold 50 --samples 12 -- sleep 0.2 -- sleep 0.02
out_has '^faster'
err_has 'no regression: B is .* faster than A'
run 0 aiops -q bench ab --threshold 1000 --samples 12 -- sleep 0.02 -- sleep 0.02
out_is ok

# CPU time: waiting is nothing, so a command that sleeps ten times as long is not slower by that.
run 9 aiops bench ab --clock cpu --threshold 50 --samples 15 --out "$t/cpu.jsonl" -- true -- sh -c 'i=0; while [ $i -lt 30000 ]; do i=$((i + 1)); done'
run 0 aiops bench verify "$t/cpu.jsonl"
grep -q '"timer":"cpu"' "$t/cpu.jsonl" || fail "the record does not say what was counted"
run 0 aiops bench ab --clock cpu --threshold 300 --samples 15 --time 60 -- sleep 0.02 -- sleep 0.2

# Too few rounds say nothing, whatever they look like.
run 10 aiops bench ab --samples 9 -- sleep 0.01 -- sleep 0.1
out_has '^undecided'
err_has 'undecided: 9 rounds, and fewer than 10 cannot tell'
run 10 aiops -o json bench ab --time 0.001 -- sleep 0.01 -- sleep 0.01
[ "$(wc -l <"$t/out")" = 2 ] || fail "not two records: $(cat "$t/out")"
err_has '"code":10,"name":"undecided"'

# Seeds differ from run to run unless one is given.
seed() { aiops -o json bench ab --samples 1 "$@" -- true -- true 2>/dev/null | head -n 1 | grep -o '"seed":[0-9]*' || true; }
[ "$(seed)" != "$(seed)" ] || fail "the order is not drawn anew"
[ "$(seed --seed 3)" = '"seed":3' ] || fail "the seed is not recorded"

# A command that fails is named, and what was measured before it is kept, without a verdict.
cat >"$t/fourth" <<'S'
#!/bin/sh
echo x >>"$0.runs"
[ "$(wc -l <"$0.runs")" -lt 5 ] || { echo "no more" >&2; exit 4; }
S
chmod +x "$t/fourth"
run 1 aiops bench ab --samples 20 --time 0.001 --out "$t/failed.jsonl" -- true -- "$t/fourth"
err_has "B, '.*/fourth', ended with 4: no more"
err_has "try: run it by itself"
[ "$(wc -l <"$t/out")" = 2 ] || fail "finished rows are lost: $(cat "$t/out")"
run 0 aiops bench verify "$t/failed.jsonl"
grep -q '"gate":null' "$t/failed.jsonl" && ! grep -q '"gate":{' "$t/failed.jsonl" || fail "a verdict without a measurement"
# So is what was measured before somebody stopped it, and the command hears of the stop too.
aiops bench ab --samples 1000 --out "$t/stopped.jsonl" -- sh -c 'echo x >>"$0"; exec sleep 0.1' "$t/turns" -- true >"$t/out" 2>"$t/err" &
pid=$!
until [ "$(wc -l <"$t/turns")" -ge 4 ]; do sleep 0.1; done 2>/dev/null
kill -TERM $pid
got=0; wait $pid || got=$?
[ "$got" = 143 ] || fail "exit $got after SIGTERM: $(cat "$t/err")"
run 0 aiops bench verify "$t/stopped.jsonl"
run 1 aiops bench ab -- /no/such/program -- true
err_has "cannot start A, '/no/such/program': No such file"
out_empty

# A suite: every case of one side against the same of the other, sides by their flags.
# Tenfold slower a sample would have to be for anything but "ok", or so seldom there that nobody knows: both are answers.
alike() { code=0; aiops bench ab "$@" >"$t/out" 2>"$t/err" || code=$?; [ $code = 0 ] || [ $code = 10 ] || fail "exit $code: $(cat "$t/err")"; }
alike hash --both block=64,1KiB --both algorithm=sha256 --threshold 1000 --samples 20 --out "$t/hash.jsonl"
[ "$(cut -f 2 "$t/out" | paste -sd ' ')" = '64 B 1.0 KiB' ] || fail "$(cat "$t/out")"
run 0 aiops bench verify "$t/hash.jsonl"
run 9 aiops bench ab hash --a block=1MiB --b block=1 --both algorithm=sha256 --threshold 50 --samples 20
err_has 'B is .* slower than A' # by the byte: each block costs a call
for suite in memory:size=4KiB gemm:m=16 train:length=8; do
  alike "${suite%%:*}" --both "${suite#*:}" --threshold 1000 --samples 13 --time 0.1
done

refuses() { local why=$1; shift; run 2 aiops bench ab "$@"; out_empty; err_has "$why"; }
refuses 'bench ab needs SUITE'
refuses 'needs two commands' -- true true
refuses 'needs two commands' -- true -- false -- true
refuses 'needs two commands' -- true --
refuses "knows no suite 'hahs'" hahs
err_has "did you mean 'hash'"
refuses 'bench hash has no --blok' hash --a blok=64
err_has "did you mean 'block'"
refuses 'bench hash has no --samples that a side may set' hash --a samples=3
refuses -- '--block needs a value' hash --a block
refuses -- '--block is set already' hash --both block=64 --a block=128
refuses 'A has 2 cases and B 1' hash --both block=64 --a algorithm=sha256,sha512 --b algorithm=sha256
refuses -- '--clock is for commands' --clock cpu hash
refuses -- '--a is for suites' --a block=64 -- true -- true
refuses -- '--threshold' --threshold 0 -- true -- true
refuses -- '--samples' --samples 0 -- true -- true
refuses "--algorithm: 'md5' is not one of" hash --both algorithm=md5

run 0 aiops __complete bench ab '' # suites are offered, and other words are commands
out_has '^hash$'
