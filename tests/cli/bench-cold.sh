# --cold: data that is not surely outside of the caches gets no verdict, nor does warm against cold; the reason is in the line and in the record.
. "$(dirname "$0")/../lib.sh"
needs python3
cd "$t"
run 0 aiops bench hash --algorithm sha256 --block 64 --samples 20 --cold --out cold.jsonl
err_has 'not cold: its data was meant to be in no cache, and '
run 0 aiops bench verify cold.jsonl
run 0 aiops bench hash --algorithm sha256 --block 64 --samples 20 --out one.jsonl
! grep -q 'not cold' err || fail "cold where nobody asked: $(cat err)"
runs() { python3 "$SOURCE/tests/rig/bench_runs.py" "$@"; } # FILE FACTOR COUNT
runs one.jsonl 1 7 >old.jsonl; runs cold.jsonl 1.1 7 >meant.jsonl
run 10 aiops bench compare old.jsonl meant.jsonl
out_has '^undecided'
err_has 'undecided: warm: its data was meant to be in no cache, and .* in 7 of 14 runs'

# Rounds: both are told before, and the record's gate says why; it is worked out again.
run 10 aiops bench ab hash --a algorithm=sha256 --b algorithm=sha512 --both block=64 --threshold 900 --samples 12 --cold --out ab.jsonl
err_has 'undecided: warm: its data was meant to be in no cache'
run 0 aiops bench verify ab.jsonl
grep -q '"reason":"warm: its data was meant' ab.jsonl || fail "the record does not say why"
sed -E 's/"verdict":"undecided"/"verdict":"ok"/' ab.jsonl >edited.jsonl
run 3 aiops bench verify edited.jsonl
err_has 'gate.verdict says "ok", and the samples of both give "undecided"'
run 2 aiops bench ab hash --a cold --b algorithm=sha256

# One side warm and the other cold.
grep -q '"last_level_bytes":[0-9]' one.jsonl || skip "this CPU does not say how large its caches are"
runs one.jsonl 1.1 7 >new.jsonl
python3 - <<'P' >far.jsonl
import json
for line in open("new.jsonl"):
    record = json.loads(line)
    cache = record["method"]["cache"]
    cache.update(working_set_bytes=4 * cache["last_level_bytes"], state="cold")
    print(json.dumps(record))
P
run 9 aiops bench compare old.jsonl new.jsonl
run 10 aiops bench compare old.jsonl far.jsonl -o json
out_has '"reason":"warm and cold: of 14 runs 7 are warm, 7 cold and 0 not surely either"'
