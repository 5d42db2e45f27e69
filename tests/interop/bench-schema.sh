# Every suite's records obey docs/bench-record.schema.json, as another program reads it; a broken record does not.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
python=$(bash "$SOURCE/tests/interop/venv.sh" jsonschema 2>"$t/venv") || skip "$(sed 's/^skipped: //' "$t/venv" | tail -n 1)"
quick=(--samples 6 --time 0.05 --out)
run 0 "$AIOPS" bench memory --size 4KiB "${quick[@]}" "$t/memory.jsonl"
make_layout "$t/model" 1
run 0 "$AIOPS" bench hash --block 64 --attach "oci:$t/model:1" "${quick[@]}" "$t/hash.jsonl"
grep -q '"subject":{' "$t/hash.jsonl" || fail "the record does not name the artifact"
run 0 "$AIOPS" bench gemm --m 16 --engine aiops "${quick[@]}" "$t/gemm.jsonl"
run 0 "$AIOPS" bench generate --test pp8+tg2 "${quick[@]}" "$t/generate.jsonl"
python3 "$SOURCE/tests/rig/make_demo.py" "$t/demo"
run 0 "$AIOPS" bench generate --model "$t/demo" --test tg2 "${quick[@]}" "$t/generate-stored.jsonl"
run 0 "$AIOPS" bench attention --length 16 "${quick[@]}" "$t/attention.jsonl"
run 0 "$AIOPS" bench operator --operator gelu --rows 4 "${quick[@]}" "$t/operator.jsonl"
run 0 "$AIOPS" bench storage --directory "$t" --operation write --size 4KiB "${quick[@]}" "$t/storage.jsonl"
run 0 "$AIOPS" bench allreduce --bytes 4KiB "${quick[@]}" "$t/allreduce.jsonl"
"$AIOPS" bench ab --samples 12 --out "$t/ab.jsonl" -- true -- true >/dev/null 2>&1 || true # whatever the verdict
"$AIOPS" bench ab --samples 2 --clock cpu --out "$t/few.jsonl" -- true -- true >/dev/null 2>&1 || true
start_fake
run 0 "$AIOPS" bench registry "$registry/bench" --size 1KiB --samples 6 --out "$t/registry.jsonl"
wanted=22
if [ -f "$BUILD/fakes/libaiops_cuda.so" ]; then # on the stand-in of a GPU, by a name that there is a datasheet for
  on_gpu() {
    env LD_LIBRARY_PATH="$BUILD/fakes" AIOPS_CUDA_PLUGIN="$BUILD/fakes/libaiops_cuda.so" FAKE_CUDART_NAME='NVIDIA H100 80GB HBM3' "$AIOPS" bench "$@"
  }
  run 0 on_gpu gemm --device cuda --m 16 "${quick[@]}" "$t/gpu-gemm.jsonl"
  run 0 on_gpu operator --device cuda --operator gelu --rows 4 --width 32 "${quick[@]}" "$t/gpu-operator.jsonl"
  run 0 on_gpu attention --device cuda --length 16 "${quick[@]}" "$t/gpu-attention.jsonl"
  run 0 on_gpu train --device cuda --rows 1 --length 4 --samples 1 --time 0.001 --out "$t/gpu-train.jsonl"
  run 0 on_gpu generate --device cuda --model "$t/demo" --test tg2 "${quick[@]}" "$t/gpu-generate.jsonl"
  wanted=29
fi
cat "$t"/*.jsonl >"$t/all"
cat >"$t/check.py" <<'EOS'
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
validator = jsonschema.Draft202012Validator(schema)
validator.check_schema(schema)
records = [json.loads(line) for line in open(sys.argv[2])]
for record in records:
    validator.validate(record)
for path, value in [("stats.median", 1.5), ("stats.median", None), ("samples.unit", "s"), ("schema", "v2"), ("extra", 1), ("peak.x", 1), ("counters.retries", -1), ("metrics.0.per_call", 0), ("gate.verdict", "fine"), ("health.verdict", "warm"), ("health.clk_mhz.values", [])]:
    broken = json.loads(json.dumps(records[-1]))
    *outer, last = path.split(".")
    at = broken
    for name in outer:
        at = at[int(name) if name.isdigit() else name] if at else None
    if at is None:
        continue
    at[last] = value
    assert not validator.is_valid(broken), path
print(len(records))
EOS
run 0 "$python" "$t/check.py" "$SOURCE/docs/bench-record.schema.json" "$t/all"
out_is $wanted
