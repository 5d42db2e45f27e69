# A run whose clock fell and stayed there is throttled: bench compare has no verdict on it, and says why; verify works it out again.
. "$(dirname "$0")/../lib.sh"
needs python3
run 0 aiops bench hash --algorithm sha256 --block 64 --samples 40 --out "$t/one.jsonl"
grep -q '"health":{' "$t/one.jsonl" || skip "this CPU's clock cannot be told"
python3 - "$t/one.jsonl" <<'P'
import json, sys
record = json.load(open(sys.argv[1]))
clock = record["health"]["clk_mhz"]
assert clock["min"] <= clock["median"] <= clock["max"] and len(clock["values"]) == len(clock["at_ns"]) == len(clock["rounds"]), clock
assert all(a < b for a, b in zip(clock["rounds"], clock["rounds"][1:])) and clock["rounds"][-1] <= 40, clock
P

# runs NAME COUNT FALLS: records of COUNT runs, FALLS of them with a clock that fell from 4000 to 3000 MHz half way.
cat >"$t/runs.py" <<'P'
import json, sys
record, count, falls = json.load(open(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
for run in range(count):
    record["id"] = "%s%04x" % (record["id"][:-4], 256 * falls + run + 1 + 4096 * int(sys.argv[4]))
    low = 3000 if run < falls else 4000
    mhz = [4000] * 20 + [low] * 20
    record["health"]["clk_mhz"].update(values=mhz, at_ns=[i * 5000000 for i in range(40)], rounds=[i + 1 for i in range(40)],
                                       median=(4000 + low) // 2, min=low, max=4000)
    record["health"].update(verdict="clean", reason=None)
    record["health"]["clk_mhz"]["slope_pct_s"] = 0
    if run < falls:
        # The median of the slopes between the eighths: 16 of 28 pairs span the fall.
        at = [(2 * part + 1) * 40 // 16 * 0.005 for part in range(8)]
        eighths = [4000] * 4 + [3000] * 4
        slopes = sorted((eighths[j] - eighths[i]) / (at[j] - at[i]) for i in range(8) for j in range(i + 1, 8))
        slope = 100 * (slopes[13] + slopes[14]) / 2 / 3500
        record["health"]["clk_mhz"]["slope_pct_s"] = float("%.6g" % slope)
        record["health"].update(verdict="throttled", reason="the clock fell by 25 %, from 4000 to 3000 MHz")
    print(json.dumps(record))
P
runs() { python3 "$t/runs.py" "$t/one.jsonl" "$@"; }
runs 7 0 1 >"$t/old"; runs 7 0 2 >"$t/new"; runs 7 2 3 >"$t/hot"
run 0 aiops bench verify "$t/old" "$t/new" "$t/hot"
run 0 aiops bench compare "$t/old" "$t/new"
out_has '^ok'
for pair in old:hot hot:new; do
  run 10 aiops bench compare "$t/${pair%:*}" "$t/${pair#*:}"
  out_has '^undecided'
  err_has 'undecided: throttled: the clock fell by 25 %, from 4000 to 3000 MHz in 2 of 14 runs'
done
run 10 aiops bench compare "$t/old" "$t/hot" -o json
out_has '"verdict":"undecided"'
out_has '"reason":"throttled: '
# A record that claims a steady clock is found out by its slices.
sed 's/"verdict": "throttled"/"verdict": "clean"/' "$t/hot" >"$t/claimed"
run 3 aiops bench compare "$t/old" "$t/claimed"
err_has 'health.verdict says "clean", and the slices of the clock give "throttled"'
run 3 aiops bench verify "$t/claimed"
