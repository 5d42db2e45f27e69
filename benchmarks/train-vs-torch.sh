#!/bin/bash
# Training steps against PyTorch, and llm.c, interleaved: in each round aiops, PyTorch tuned and PyTorch as it comes take some steps each,
# in processes of their own whose first two steps are not counted. Prints medians over all rounds, and ratios.
# usage: PARITY_PYTHON=venv/bin/python AIOPS=build/release/aiops benchmarks/train-vs-torch.sh [MODEL [ROWSxLENGTH [PRECISION [ROUNDS [STEPS]]]]]
#        (default gpt2-124m 4x64 fp32 5 5; also smollm2-135m, tiny; bf16)
# PEERS="ours tuned" leaves PyTorch as it comes out; PEERS="ours llmc" LLM_C=DIR compares with llm.c's CPU path (gpt2-124m in fp32),
# whose sources are in DIR, built as its Makefile does.
# Tuned: malloc gives nothing back to the system, so that a step faults no pages, and takes huge pages. Idle machine
# wanted: the load before and after is printed, and a ratio is worth quoting only when both are low.
set -euo pipefail
aiops=$(realpath "${AIOPS:-build/release/aiops}") python=${PARITY_PYTHON:?a Python with torch} here=$(dirname "$0")
model=${1:-gpt2-124m} shape=${2:-4x64} precision=${3:-fp32} rounds=${4:-5} steps=${5:-5}
rows=${shape%x*} length=${shape#*x} threads=${THREADS:-$(nproc)}
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE # they force kernels that are not this machine's
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ours() { # seconds of each step, from the record's samples
  "$aiops" bench train -q -o json --model "$model" --rows "$rows" --length "$length" --precision "$precision" --threads "$threads" \
    --samples "$steps" 2>"$work/log" | "$python" -c '
import json, sys
record = json.load(sys.stdin)
print(*(ns / 1e9 / record["method"]["calls_per_sample"] for ns in record["samples"]["values"]))'
}
theirs() {
  "$python" "$here/peer/torch_step.py" --model "$model" --rows "$rows" --length "$length" --precision "$precision" --threads "$threads" --steps "$steps" 2>"$work/log"
}
tuned() {
  MALLOC_TOP_PAD_=1000000000 MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=16000000000 \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 theirs
}

llmc() {
  if [ ! -x "$work/llmc-step" ]; then
    [ "$model $precision" = 'gpt2-124m fp32' ] || { echo "llm.c: gpt2-124m in fp32 alone" >"$work/log"; return 1; }
    cc -Ofast -march=native -w -fopenmp -DOMP -I "${LLM_C:?a checkout of llm.c}" "$here/peer/llmc_step.c" -lm -o "$work/llmc-step"
    "$python" "$here/peer/llmc_checkpoint.py" "$work/gpt2.bin"
  fi
  OMP_NUM_THREADS=$threads "$work/llmc-step" "$work/gpt2.bin" "$rows" "$length" "$steps" 2>&1 >"$work/log"
}

echo "$model $shape $precision, $threads threads, $rounds rounds of $steps steps; load $(cut -d' ' -f1-3 /proc/loadavg)"
for ((round = 0; round < rounds; round++)); do
  for who in ${PEERS:-ours tuned theirs}; do
    $who >>"$work/$who" || { cat "$work/log" >&2; exit 1; }
  done
done
"$python" - "$work" $((rows * length)) <<'P'
import os, statistics, sys
work, tokens = sys.argv[1], int(sys.argv[2])
rate = {}
for who, name in (('ours', 'aiops'), ('tuned', 'torch, tuned'), ('theirs', 'torch, as it comes'), ('llmc', 'llm.c')):
    if not os.path.exists(work + '/' + who):
        continue
    seconds = [float(s) for s in open(work + '/' + who).read().split()]
    median = statistics.median(seconds)
    rate[who] = tokens / median
    print('%-20s %9.1f tokens/s   step %8.1f ms   (best %.1f, n=%d)' % (name, rate[who], median * 1e3, min(seconds) * 1e3, len(seconds)))
print('aiops to', '; '.join('%s: %.2f' % (who, rate['ours'] / rate[who]) for who in rate if who != 'ours'))
P
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
