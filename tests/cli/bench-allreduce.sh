# bench allreduce: processes add up what lies in memory they share; the sum's median time, what it moves, and its share of a copy.
. "$(dirname "$0")/../lib.sh"
run 0 aiops bench allreduce --bytes 4KiB,1MiB --samples 6
[ "$(wc -l <"$t/out")" = 2 ] || fail "wanted two rows: $(cat "$t/out")"
out_has $'^4.0 KiB\t[0-9.]+\t(±[0-9.]+%|\\?)\t[0-9]+%\t[0-9.]+\t[0-9.]+\t6\tcount$'
out_has $'^1.0 MiB\t'
err_has '^2 ranks, 1 thread each, as --ranks says$'
run 0 aiops bench allreduce --ranks 3 --bytes 300KiB --samples 4 -o json --out records.jsonl
cmp "$t/out" records.jsonl || fail "--out has something else"
python3 - "$t/out" <<'P'
import json, statistics, sys
record = json.loads(open(sys.argv[1]).read())
work = record["workload"]
assert work["kind"] == "allreduce" and work["params"] == {"ranks": 3, "size_bytes": 300 << 10}, work
assert work["bytes_min"] == 2 * 3 * (300 << 10)
assert record["correctness"] == {"checked": True, "method": "every sum, bit for bit", "max_err": 0, "pass": True}
samples = record["samples"]
assert samples["n"] == 4
median = record["stats"]["median"]
ms = record["counters"]["median_ms"]
print(json.dumps(samples)[:300])
assert ms > 0 and record["peak"]["frac_of"]["measured"] > 0
P
run 0 aiops bench allreduce --bytes 1MiB --time 0.05
pgrep -f 'aiops bench allreduc[e] --ranks 3' && fail "a rank is left"
true
