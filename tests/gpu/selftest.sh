# The operators on a real GPU against the reference, and again with the same bits each time.
. "$(dirname "$0")/../lib.sh"
aiops device --require cuda >"$t/out" 2>"$t/err" || skip "$(sed -n 's/^aiops: //p' "$t/err")"
run 0 aiops device selftest --out "$t/record.json"
run 0 aiops device selftest --deterministic
