# SPDX-License-Identifier: Apache-2.0
"""bench_runs.py FILE FACTOR COUNT: records of COUNT runs that took FACTOR times as long as the one in FILE, with figures that follow
from their samples."""
import json, sys
record, factor, count = json.load(open(sys.argv[1])), float(sys.argv[2]), int(sys.argv[3])
for run in range(count):
    again = json.loads(json.dumps(record))
    again["id"] = "%s%04x" % (record["id"][:-4], run + int(10000 * factor))
    ns = int(record["stats"]["median"] * factor * (1 + run * 1e-3))
    values = [ns] * 20
    again["samples"]["values"] = values
    rate = again["metrics"][0]
    value = float("%.6g" % (rate["per_call"] * again["method"]["calls_per_sample"] / ns))
    rate.update(value=value, ci95=[value, value])
    again["stats"].update(median=ns, mean=ns, min=ns, mad=0, iqr=0, ci95=[ns, ns], autocorr_lag1=None, n_effective=20, drift_pct=0, outliers=0)
    again["duration_ns"] = 10 ** 12
    print(json.dumps(again))
