# The plug-in that ships on fakes of NVIDIA's libraries (tests/fakes/); sourced by the tests of `aiops device`.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
cd "$t"
fakes=$BUILD/fakes
needs_fakes() { [ -f "$fakes/libaiops_cuda.so" ] || skip "the CUDA plug-in is not built: configuring says what is missing"; }
on_fakes() { env LD_LIBRARY_PATH="$fakes" AIOPS_CUDA_PLUGIN="$fakes/libaiops_cuda.so" "$@"; }
# json EXPRESSION: of the answer v on stdout, must hold.
json() { python3 -c 'import json, sys; v = json.load(open(sys.argv[1])); assert eval(sys.argv[2]), v' "$t/out" "$1"; }
# alone: a copy of the program with no plug-in beside it.
mkdir -p "$t/alone" && cp "$AIOPS" "$t/alone/aiops"
alone=$t/alone/aiops
# steps RUN OTHER NEAR: their losses, step by step, are so near.
steps() { python3 - "$@" <<'PY'
import json, sys
near = float(sys.argv[3])
a, b = ([json.loads(line) for line in open(f"{run}/metrics.jsonl")] for run in sys.argv[1:3])
assert len(a) == len(b) > 3, (len(a), len(b))
for one, other in zip(a, b):
    key = "loss" if "loss" in one else "validation_loss"
    assert abs(one[key] - other[key]) <= near * one[key], (one, other)
PY
}
