#!/bin/bash
# bench registry: measures both ways with blobs nobody has seen, and leaves the repository as it was.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
run 0 aiops bench registry "$registry/bench" --size 64KiB --blobs 3 --samples 2 --out "$t/records"
[ "$(cut -f1 "$t/out" | paste -sd' ')" = 'push pull' ] || fail "not a line for each way: $(cat "$t/out")"
python3 - "$t/records" <<'P'
import json, sys
push, pull = (json.loads(line) for line in open(sys.argv[1]))
assert push["workload"]["params"] == {"operation": "push", "blob_bytes": 65536, "blobs": 3, "jobs": 4}, push["workload"]
for record in push, pull:
    assert record["workload"]["bytes_min"] == 3 * 65536
    assert record["samples"]["n"] == 2 and record["method"]["calls_per_sample"] == 1
    assert record["counters"]["retries"] == 0 and record["counters"]["cpu_s_per_gb"] > 0
assert push["counters"]["requests_per_call"] >= 10 and pull["counters"]["requests_per_call"] == 5, push["counters"]
P
for kind in blobs manifests; do # two samples and a warm-up, all deleted
  [ -z "$(find "$registry_data" -path "*bench/_$kind/*" -name link)" ] || fail "$kind are left behind"
done

run 0 aiops bench registry "$registry/bench" --size 1KiB,2KiB --blobs 1-2+1 --samples 1 --operation pull
[ "$(cut -f1,2 "$t/out" | paste -sd' ')" = $'1.0 KiB\t1 1.0 KiB\t2 2.0 KiB\t1 2.0 KiB\t2' ] || fail "not every combination: $(cat "$t/out")"

start_fake 'DELETE;.;99;405'
run 0 aiops bench registry "$registry/bench" --size 1KiB --samples 1 --operation push
err_has 'does not allow.*delet'

start_fake
run 0 aiops bench registry "$registry/bench" --size 1KiB --samples 1 --keep
! grep -q '^DELETE' "$registry_log" || fail "deleted in spite of --keep"
run 2 aiops bench registry demo:1
err_has 'HOST\[:PORT\]/NAME'
run 2 aiops bench registry "$registry/bench" --size 0
run 6 aiops bench registry localhost:1/bench --retries 0

# Two sides of a registry, and two repositories: whatever the verdict, it is one, and nothing stays on either side.
start_registry plain
verdict() { "$AIOPS" bench ab registry "$@" --both size=1KiB --samples 10 --threshold 900 --out "$t/ab.jsonl" >"$t/out" 2>"$t/err" || [ $? = 10 ] || fail "$(cat "$t/err")"; }
verdict "$registry/bench" --a jobs=1 --b jobs=2
run 0 aiops bench verify "$t/ab.jsonl"
python3 - "$t/ab.jsonl" <<'P'
import json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
assert [(r["workload"]["params"]["operation"], r["workload"]["params"]["jobs"]) for r in records] == [("push", 1), ("push", 2), ("pull", 1), ("pull", 2)], records
assert all(r["method"]["order"] == "random" and r["method"]["calls_per_sample"] == 1 and r["samples"]["n"] == 10 for r in records)
P
verdict "$registry/bench/one" "$registry/bench/two" --both operation=push
[ "$(grep -o '"repository":"[^"]*"' "$t/ab.jsonl" | grep -oE 'one|two' | paste -sd' ')" = 'one two' ] || fail "$(cat "$t/ab.jsonl")"
for kind in blobs manifests; do
  [ -z "$(find "$registry_data" -path "*bench*/_$kind/*" -name link)" ] || fail "$kind are left behind by an A and a B"
done
run 2 aiops bench ab registry --a jobs=1 --b jobs=2
err_has 'needs a repository'
run 2 aiops bench ab registry "$registry/bench" --a attach=demo:1
err_has 'no --attach that a side may set'
run 6 aiops bench ab registry localhost:1/bench --both retries=0
