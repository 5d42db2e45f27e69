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
