# bench: energy of the CPU packages, from counters of Linux' powercap that stand in for this machine's: of a case alone, and of sides that take turns; null where there is no counter or it cannot be read, and verify works it out again.
. "$(dirname "$0")/../lib.sh"
needs unshare mount python3
# at PACKAGES COMMAND...: with so many counters (and that of one core, which is inside the first) where Linux has them, which go on meanwhile.
cat >"$t/at" <<'S'
set -eu
mount -t tmpfs none /sys/class || exit 77
mkdir /sys/class/powercap
counter() { mkdir -p "/sys/class/powercap/$1"; echo "$2" >"/sys/class/powercap/$1/name"; echo 262143328850 >"/sys/class/powercap/$1/max_energy_range_uj"; echo 1000 >"/sys/class/powercap/$1/energy_uj"; }
packages=$1; shift
for i in $(seq 0 $((packages - 1))); do counter "intel-rapl:$i" "package-$i"; counter "intel-rapl:$i:0" core; done
# Half a joule each time, seen whole or not at all.
i=0
while sleep 0.005; do i=$((i + 1)); for c in /sys/class/powercap/*/energy_uj; do [ -e "$c" ] && echo $((i * 500000)) >"$c.next" && mv "$c.next" "$c"; done; done 2>/dev/null &
clock=$!
code=0; "$@" || code=$?
kill "$clock"; wait "$clock" 2>/dev/null || true
exit "$code"
S
at() { unshare -rm bash "$t/at" "$@"; }
at 1 true 2>"$t/err" || skip "no /sys/class of one's own: $(head -n 1 "$t/err")"
energy() { # FILE PYTHON: what must hold of e, the energy of each record
  run 0 aiops bench verify "$1"
  python3 - "$1" "$2" <<'P'
import json, sys
for line in open(sys.argv[1]):
    r = json.loads(line); e = r["energy"]
    assert eval(sys.argv[2]), (sys.argv[2], e)
P
}
run 0 at 2 "$AIOPS" bench hash --algorithm sha256 --block 1MiB --samples 2000 --out "$t/alone.jsonl"
energy "$t/alone.jsonl" 'e["source"] == "rapl" and e["domains"] == ["package-0", "package-1"] and e["j"] > 0 and e["windows"] == 1 and e["unit"] and abs(e["j_per_unit"]) > 0'
at 1 "$AIOPS" bench ab --threshold 900 --samples 10 --out "$t/turns.jsonl" -- sleep 0.03 -- sleep 0.03 >"$t/out" 2>"$t/err" || [ $? = 10 ] || fail "$(cat "$t/err")"
energy "$t/turns.jsonl" 'e["domains"] == ["package-0"] and e["j"] > 0 and e["windows"] == 10 and e["window_ns"] >= 10 * 30_000_000'
# Samples that take turns and are shorter than ten updates of a counter have none, nor has a machine without one.
run 0 at 1 "$AIOPS" bench operator --operator gelu --rows 4 --samples 5 --out "$t/short.jsonl"
energy "$t/short.jsonl" 'e is None'
run 0 at 0 "$AIOPS" bench hash --algorithm sha256 --block 1MiB --samples 5 --out "$t/none.jsonl"
energy "$t/none.jsonl" 'e is None'
# Joules that are not those of the samples are found.
python3 - "$t/alone.jsonl" >"$t/edited.jsonl" <<'P'
import json, sys
r = json.loads(open(sys.argv[1]).readline()); r["energy"]["j_per_unit"] *= 2
print(json.dumps(r))
P
run 3 aiops bench verify "$t/edited.jsonl"
err_has 'energy'
