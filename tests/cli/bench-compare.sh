# bench compare: stored runs get the verdict of the gate, and what is not comparable is refused by the field that differs.
. "$(dirname "$0")/../lib.sh"
needs python3
run 0 aiops bench hash --algorithm sha256 --block 64 --samples 20 --out "$t/one.jsonl"
runs() { python3 "$SOURCE/tests/rig/bench_runs.py" "$t/one.jsonl" "$@"; }  # FACTOR COUNT
runs 1 7 >"$t/old"; runs 1.1 7 >"$t/slow"; runs 1.002 7 >"$t/same"; runs 0.8 7 >"$t/fast"; runs 1.1 6 >"$t/few"
run 0 aiops bench verify "$t/old" "$t/slow"
run 9 aiops bench compare "$t/old" "$t/slow"
out_has $'^regression\t[0-9.]+\t[0-9.]+\t\+(10.0|10.00|9.99)%\t.*\t7$'
err_has 'new is 10 % slower than old'
err_has 'bench ab would leave it out'
run 0 aiops bench compare "$t/old" "$t/same"
out_has '^ok'
run 0 aiops bench compare "$t/old" "$t/fast"
out_has '^faster'
run 0 aiops bench compare "$t/old" "$t/slow" --threshold 20
run 10 aiops bench compare "$t/old" "$t/few"
err_has '6 runs, and fewer than 7 cannot tell'
run 10 aiops bench compare "$t/one.jsonl" "$t/slow"
err_has '1 runs, and fewer'
run 9 aiops bench compare "$t/old" "$t/slow" -o json
out_has '"design":"runs"'
out_has '"verdict":"regression"'

run 1 aiops bench compare "$t/old" "$t/old"
err_has 'is there twice, and a copy is no second run'
run 0 aiops bench hash --algorithm sha256 --block 128 --samples 20 --out "$t/other.jsonl"
run 1 aiops bench compare "$t/old" "$t/other.jsonl"
err_has 'not comparable, they differ in .*workload.params.block_bytes: 64 and 128'
out_empty
cat "$t/slow" "$t/other.jsonl" >"$t/more"
run 1 aiops bench compare "$t/old" "$t/more"
err_has 'workload.params.block_bytes'
run 1 aiops bench compare "$t/more" "$t/old"
sed -E 's/"median": [0-9]+(, "min": [0-9]+, "n_effective")/"median": 5\1/' "$t/slow" >"$t/edited"
run 3 aiops bench compare "$t/old" "$t/edited"
err_has 'stats.median says 5'
run 5 aiops bench compare "$t/old" "$t/missing"
run 2 aiops bench compare "$t/old"
