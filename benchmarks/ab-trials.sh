#!/bin/bash
# How often `bench ab` is wrong: comparisons of one command with itself, and with one that takes a tenth longer, at the default
# gate and of default length, in turns so that the same load falls on both. Prints the verdicts and the load. FLAGs go to bench ab.
# usage: AIOPS=build/release/aiops benchmarks/ab-trials.sh [TRIALS-OF-THE-SAME [TRIALS-OF-SLOWER [ITERATIONS [FLAG…]]]]   (default 300 100 1000000)
# It is met with at most 1 % of regressions among the same, and on a quiet machine with at least 90 % among the slower; on a noisy
# one the slower are undecided, and never ok. Exits 1 otherwise. Lines of all trials go to TRIALS=FILE when that is set. Needs cc.
set -euo pipefail
aiops=$(realpath "${AIOPS:-build/release/aiops}") same=${1:-300} slower=${2:-100} iterations=${3:-1000000} trials=${TRIALS:-} flags=("${@:4}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trials=${trials:-$work/trials}
cat >"$work/busy.c" <<'C'
#include <stdlib.h>
int main(int argc, char **argv) { /* as many dependent multiplications as asked for: some ns each */
  volatile unsigned x = 1;
  for (long i = argc > 1 ? atol(argv[1]) : 0; i > 0; i--) x = x * 1664525u + 1013904223u;
  return 0;
}
C
cc -O2 "$work/busy.c" -o "$work/busy"

# How many more iterations make the whole process a tenth slower: its start costs time too.
more=$("$aiops" -o json bench ab --samples 300 -- "$work/busy" 0 -- "$work/busy" "$iterations" 2>/dev/null | python3 -c '
import json, sys
start, whole = (json.loads(line)["stats"]["min"] for line in sys.stdin)
print(round(int(sys.argv[1]) * 0.1 * whole / (whole - start)))
print(f"one run takes at best {whole / 1e6:.2f} ms, of which its start {start / 1e6:.2f} ms", file=sys.stderr)' "$iterations" || true)
load() { cut -d' ' -f1-3 /proc/loadavg; }
echo "load $(load) on $(nproc) CPUs, nice $(nice); bench ab ${flags[*]:-as it comes}"

# trial KIND MORE: one line of KIND, the verdict, effect, what it could have seen, rounds.
trial() {
  "$aiops" -o json bench ab "${flags[@]}" -- "$work/busy" "$iterations" -- "$work/busy" $((iterations + $2)) 2>/dev/null | python3 -c '
import json, sys
gate = json.loads(sys.stdin.read().splitlines()[1])["gate"]
print(sys.argv[1], gate["verdict"], gate["effect_pct"], gate["detectable_pct"], gate["n"])' "$1" >>"$trials" || true
}
: >"$trials"
done_slower=0
for ((i = 1; i <= same; i++)); do
  trial same 0
  while ((done_slower * same < slower * i)); do trial slower "$more"; done_slower=$((done_slower + 1)); done
done
echo "load $(load)"
python3 - "$trials" "$same" "$slower" <<'P'
import collections, statistics, sys
kinds = collections.defaultdict(list)
for line in open(sys.argv[1]):
    kind, verdict, *figures = line.split()
    kinds[kind].append((verdict, *map(float, figures)))
share = {}
for kind, wanted in (("same", int(sys.argv[2])), ("slower", int(sys.argv[3]))):
    rows = kinds[kind]
    assert len(rows) == wanted, (kind, len(rows))
    if not rows:
        continue
    verdicts = collections.Counter(row[0] for row in rows)
    share[kind] = {verdict: count / len(rows) for verdict, count in verdicts.items()}
    print("%-7s %d trials: %s" % (kind, len(rows), ", ".join("%s %d" % pair for pair in verdicts.most_common())))
    print("        effect %.1f %% (median; %.1f to %.1f), could have seen %.1f %% (median), rounds %d (median), most %d" % (
        statistics.median(row[1] for row in rows), min(row[1] for row in rows), max(row[1] for row in rows),
        statistics.median(row[2] for row in rows), statistics.median(row[3] for row in rows), max(row[3] for row in rows)))
wrong = share.get("same", {}).get("regression", 0)
missed = share.get("slower", {}).get("ok", 0) + share.get("slower", {}).get("faster", 0)
print("false alarms %.1f %%; a tenth found %.0f %%, called fine %.1f %%" % (
    100 * wrong, 100 * share.get("slower", {}).get("regression", 0), 100 * missed))
sys.exit(wrong > 0.01 or missed > 0.01)
P
