# bench verify: what the suites write holds; every figure that was edited by hand is named, and the exit code is 3.
. "$(dirname "$0")/../lib.sh"
run 0 aiops bench hash --block 64,1KiB --samples 30 --out "$t/hash.jsonl"
run 0 aiops bench gemm --m 8 --engine aiops --time 0.05 --out "$t/gemm.jsonl"
run 0 aiops bench verify "$t/hash.jsonl" "$t/gemm.jsonl"
[ "$(grep -c $'\tholds$' "$t/out")" = 5 ] || fail "not every record holds: $(cat "$t/out")"
err_empty
head -n 1 "$t/hash.jsonl" | python3 -m json.tool >"$t/one.json"
run 0 aiops bench verify "$t/one.json" -o json
out_has '"verified": ?true'

# edited MEMBERS.PATH VALUE: the second record of four with another value; bench verify names it.
edited() {
  python3 - "$t/hash.jsonl" "$1" "$2" >"$t/edited.jsonl" <<'P'
import json, sys
lines = open(sys.argv[1]).read().splitlines()
record = json.loads(lines[1])
at, names = record, [int(n) if n.isdigit() else n for n in sys.argv[2].split('.')]
for name in names[:-1]:
    at = at[name]
at[names[-1]] = json.loads(sys.argv[3])
lines[1] = json.dumps(record)
print('\n'.join(lines))
P
  run 3 aiops bench verify "$t/edited.jsonl"
  out_has "edited.jsonl:2	.*	$3"
  err_has "edited.jsonl:2: $3"
}
edited stats.median 12345 'stats.median says 12345, and the samples give [0-9]+'
edited stats.iqr 1 'stats.iqr says 1,'
edited stats.ci95 '[1,2]' 'stats.ci95 says \[1,2\],'
edited stats.p95 7 'stats.p95 says 7, and the samples give null'
edited metrics.0.value 1e9 'metrics\[0\].value says 1000000000.0,'
edited metrics.0.per_call 1 'metrics\[0\].(ci95|value) says'
edited workload.params.block_bytes 2048 'comparable_sha256 says'
edited comparable_sha256 "\"$(printf '0%.0s' {1..64})\"" 'comparable_sha256 says'
edited host.mem.total 1 'host.fp_sha256 says'
edited method.stop.reason '"converged"' 'method.stop.reason says "converged", .*give "count"'
edited samples.n 31 'samples.n says 31'
edited samples.values.0 -1 'samples.values\[0\] is no time'
edited stats.median null 'stats.median says null'
run 3 aiops bench verify "$t/edited.jsonl" -o json
err_has '"reason":"figure-mismatch"'
out_has '"field":"stats.median"'
[ "$(grep -o '"verified":true' "$t/out" | wc -l)" = 3 ] || fail "the others hold: $(cat "$t/out")"

printf '{"half":\n' >"$t/broken.jsonl"
run 1 aiops bench verify "$t/broken.jsonl"
err_has 'broken.jsonl: not valid JSON'
: >"$t/empty.jsonl"
run 1 aiops bench verify "$t/empty.jsonl"
err_has 'has no record'
run 5 aiops bench verify "$t/missing.jsonl"
run 2 aiops bench verify
