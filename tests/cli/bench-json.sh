# bench -o json: one canonical record a line, the same bytes in --out; the file is whole or not there.
. "$(dirname "$0")/../lib.sh"
needs python3
run 0 aiops bench hash --block 64,1KiB --samples 6 -o json --out "$t/records.jsonl"
cmp "$t/out" "$t/records.jsonl" || fail "--out is not what stdout says"
cat >"$t/check.py" <<'EOS'
import json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
assert len(records) == 4, len(records)
assert len({record["id"] for record in records}) == 4
for line, record in zip(open(sys.argv[1]), records):
    assert record["schema"] == "dev.aiops.bench/v1"
    assert record["samples"]["n"] == len(record["samples"]["values"]) == 6
    assert record["argv"][1:3] == ["bench", "hash"], record["argv"]
    keys = list(record)
    assert keys == sorted(keys) and ": " not in line, "not canonical"
EOS
run 0 python3 "$t/check.py" "$t/records.jsonl"
run 5 aiops bench hash --block 64 --samples 6 --out "$t/no/such/records.jsonl"
[ ! -e "$t/no" ] || fail "made a directory"
