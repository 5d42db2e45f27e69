# bench gemm, attention and operator on a GPU, which the stand-ins of tests/fakes are here: every engine checked before it is
# measured, records that say whose they are and have no ceiling of a CPU; refused where there is none, and where an engine does not serve.
. "$(dirname "$0")/lib-device.sh"
needs python3
for suite in gemm attention operator; do
  run 7 "$alone" bench $suite --device cuda --samples 2 --out none.jsonl
  out_empty; err_has 'no GPU can be used'; err_has '^ +try: '
  [ ! -e none.jsonl ] || fail "records without a GPU"
  run 2 aiops bench $suite --device cuda --threads 1
  err_has '--threads is of the CPU'
  run 2 aiops bench $suite --gpu 1
  err_has '--gpu is for what runs on one'
  run 2 aiops bench $suite --device cuda --engine onednn
  err_has "'onednn' is not one of (cublaslt|aiops)"
done
run 2 aiops bench gemm --device cuda --transpose tt
err_has 'no product of two transposed matrices'
run 2 aiops bench gemm --engine openblas --precision bf16
err_has 'libraries of the CPU are measured in fp32'
needs_fakes
run 7 on_fakes aiops bench gemm --device cuda --gpu 3 --samples 2
err_has 'there is no GPU 3'
quiet() { ! grep -q CONTRACT err || fail "breaks a contract: $(grep -m1 CONTRACT err)"; }
fast=(--samples 3 --time 0.02)

run 0 on_fakes aiops bench gemm --device cuda --m 16,24 --n 8 --k 40 --transpose nn,nt,tn --precision fp32,bf16 "${fast[@]}" --out gemm.jsonl
quiet
[ "$(wc -l <out)" = 12 ] || fail "wanted 2 shapes, 3 transposes, 2 precisions: $(cat out)"
run 0 on_fakes env AIOPS_COMPUTE_DEVICE=cuda aiops bench operator --rows 4 --width 32 "${fast[@]}" --out operator.jsonl
quiet
[ "$(wc -l <out)" = 14 ] || fail "not every operator and pass: $(cat out)"
run 0 on_fakes aiops bench attention --device cuda --length 16 --heads 4 --kv-heads 2,4 --head-dim 16 --precision fp32,bf16 "${fast[@]}" --out attention.jsonl
quiet
[ "$(wc -l <out)" = 8 ] || fail "wanted 2 shapes, 2 precisions, 2 passes: $(cat out)"
cat gemm.jsonl operator.jsonl attention.jsonl >all.jsonl
for file in gemm operator attention; do run 0 aiops bench verify $file.jsonl; done
python3 - <<'P'
import json
records = [json.loads(line) for line in open("all.jsonl")]
assert len(records) == 34, len(records)
for record in records:
    gpu, = record["gpu"]
    assert gpu["name"] == "Fake GPU" and record["engine"]["backend"] == "cuda" and record["correctness"]["pass"], record
    assert "threads" not in record["workload"]["params"] and record["workload"]["bytes_min"] > 0, record["workload"]
    method = record["method"]
    assert method["queued"] is True and method["timer"] == "host" and method["blocking_kernel"] is False, method
    if record["health"]:
        assert record["health"]["gpu"]["verdict"] == "clean", record["health"]["gpu"]
    kind, peak = record["workload"]["kind"], record["peak"]
    assert (peak is None) == (kind != "operator"), (kind, peak)
    if peak:  # copies within the GPU
        assert peak["source"] == "measured" and "GPU" in peak["detail"]["method"] and peak["datasheet"] is None, peak
gemm = {(r["workload"]["params"]["m"], r["workload"]["params"]["transpose"], r["workload"]["dtype"]): r for r in records[:12]}
assert {r["engine"]["name"] for r in records[:12]} == {"cuBLASLt"} and records[0]["engine"]["version"] == "13.1.0"
assert gemm[16, "nn", "fp32"]["workload"]["bytes_min"] == 4 * (16 * 40 + 40 * 8 + 16 * 8)
assert gemm[16, "nn", "bf16"]["workload"]["bytes_min"] == 2 * (16 * 40 + 40 * 8 + 16 * 8)
assert gemm[16, "tn", "bf16"]["workload"]["bytes_min"] == 2 * (16 * 40 + 40 * 8) + 4 * 16 * 8
P
# The ceiling of a GPU that is known is its datasheet's, by its own name.
for suite in 'gemm --m 16 --precision bf16' 'operator --operator gelu --rows 4' 'attention --length 16'; do
  run 0 on_fakes env FAKE_CUDART_NAME='NVIDIA H100 80GB HBM3' aiops bench $suite --device cuda "${fast[@]}" --out named.jsonl
  run 0 aiops bench verify named.jsonl
  cat named.jsonl >>h100.jsonl
done
python3 - <<'P'
import json
gemm, *operators, forward, backward = [json.loads(line) for line in open("h100.jsonl")]
assert gemm["peak"]["datasheet"] == 989400 and gemm["peak"]["measured"] is None and gemm["peak"]["source"] == "datasheet", gemm["peak"]
assert set(gemm["peak"]["frac_of"]) == {"datasheet"} and "H100" in gemm["peak"]["detail"]["datasheet"], gemm["peak"]
assert forward["peak"]["datasheet"] == backward["peak"]["datasheet"] == 66900
for record in operators:
    assert record["peak"]["datasheet"] == 3350 and record["peak"]["source"] == "measured", record["peak"]
    assert set(record["peak"]["frac_of"]) == {"datasheet", "measured"}, record["peak"]
P
run 0 aiops bench report h100.jsonl --markdown
out_has 'NVIDIA H100 80GB HBM3'

# cuDNN serves bf16 alone, and says so; beside it our own.
run 2 on_fakes aiops bench attention --device cuda --engine aiops,cudnn --length 16 "${fast[@]}"
err_has "cuDNN: cuDNN's attention computes in bf16 only"

# On sides of a GPU a clock that was held down (4, the power cap) leaves no verdict.
ab=(aiops bench ab operator --both device=cuda --both operator=gelu --both pass=forward --a rows=4 --b rows=8 --samples 12 --threshold 1000)
code=0; on_fakes env FAKE_NVML_THROTTLE=4 "${ab[@]}" --out held.jsonl >out 2>err || code=$?
run 0 aiops bench verify held.jsonl
if grep -q '"health":{' held.jsonl; then
  [ $code = 10 ] || fail "exit $code of sides on a GPU that was held down"
  grep -qE "throttled: the GPU's clock was held down in 12 of 12 looks \(power cap\)" held.jsonl || fail "$(cat err)"
fi
code=0; on_fakes "${ab[@]}" --out free.jsonl >out 2>err || code=$?
[ $code = 0 ] || [ $code = 9 ] || [ $code = 10 ] || fail "exit $code: $(cat err)"
! grep -q 'throttled: the GPU' free.jsonl || fail "throttled by nobody"
# A side on the CPU and one on a GPU: each its own counters, and no one's joules.
code=0; on_fakes aiops bench ab gemm --both m=16 --a device=cpu --b device=cuda --samples 12 --threshold 1000 --out mixed.jsonl >out 2>err || code=$?
[ $code = 0 ] || [ $code = 9 ] || [ $code = 10 ] || fail "exit $code: $(cat err)"
python3 - <<'P'
import json
cpu, gpu = [json.loads(line) for line in open("mixed.jsonl")]
assert cpu["gpu"] == [] and cpu["engine"]["backend"] == "cpu" and gpu["gpu"] and gpu["engine"]["backend"] == "cuda"
assert cpu["energy"] is None and gpu["energy"] is None
if cpu["health"]:
    assert "gpu" not in cpu["health"] and gpu["health"]["gpu"]["verdict"] == "clean"
P
quiet
