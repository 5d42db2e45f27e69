# bench train and generate on a GPU, which the stand-ins of tests/fakes are here: tokens counted and checked as on the CPU, the
# memory of the GPU, the weights by digest; refused where there is none.
. "$(dirname "$0")/lib-device.sh"
needs python3
for suite in train generate; do
  run 7 "$alone" bench $suite --device cuda --samples 2 --out none.jsonl
  out_empty; err_has 'no GPU can be used'
  [ ! -e none.jsonl ] || fail "records without a GPU"
  run 2 aiops bench $suite --device cuda --threads 2
  err_has '--threads is of the CPU'
done
run 2 aiops bench train --device cuda --floor
err_has 'the floor of a step is of the CPU'
needs_fakes
quiet() { ! grep -q CONTRACT err || fail "breaks a contract: $(grep -m1 CONTRACT err)"; }
fast=(--samples 1 --time 0.001)
run 0 on_fakes env FAKE_CUDART_NAME='NVIDIA H100 80GB HBM3' aiops bench train --device cuda --rows 1 --length 4 --precision bf16 "${fast[@]}" --out train.jsonl
quiet
run 0 aiops bench verify train.jsonl
python3 "$SOURCE/tests/rig/make_demo.py" demo
run 0 on_fakes env FAKE_CUDART_NAME='NVIDIA H100 80GB HBM3' aiops bench generate --device cuda --model demo --test pp8,tg2,pp8+tg2 --precision fp32,bf16 "${fast[@]}" --out generate.jsonl
quiet
run 0 aiops bench verify generate.jsonl
run 0 aiops bench generate --model demo --test pp8 "${fast[@]}" --out cpu.jsonl
python3 - <<'P'
import json
read = lambda name: [json.loads(line) for line in open(name)]
trained, made, (cpu,) = read("train.jsonl"), read("generate.jsonl"), read("cpu.jsonl")
assert [r["workload"]["dtype"] for r in trained] == ["bf16"] and len(made) == 6
for record in trained + made:
    assert record["engine"]["backend"] == "cuda" and "cuBLASLt 13.1.0" in record["engine"]["version"], record["engine"]
    assert record["gpu"][0]["name"] == "NVIDIA H100 80GB HBM3" and record["correctness"]["pass"]
    assert "threads" not in record["workload"]["params"] and record["counters"]["gpu_mib"] > 0, record["counters"]
# Values, gradients and two moments of 3.4 million parameters.
assert all(r["counters"]["gpu_mib"] > 16 * r["workload"]["parameters"] / 2 ** 20 and r["peak"] is None for r in trained), trained[0]["counters"]
for record in made:
    assert record["workload"]["weights"] == cpu["workload"]["weights"], record["workload"]
    assert record["peak"]["measured"] is None and record["peak"]["datasheet"] > 0 and "H100" in record["peak"]["detail"]["datasheet"]
assert made[0]["workload"]["flops"] == made[3]["workload"]["flops"] == cpu["workload"]["flops"]
assert made[0]["workload"]["bytes_min"] == cpu["workload"]["bytes_min"] == 2 * made[3]["workload"]["bytes_min"]
P
# One side on the CPU, the other on the GPU: a verdict, whichever.
code=0; on_fakes aiops bench ab generate --both model=demo --both test=tg1 --a device=cpu --b device=cuda --samples 3 --threshold 900 >out 2>err || code=$?
[ $code = 9 ] || [ $code = 10 ] || [ $code = 0 ] || fail "exit $code: $(cat err)"
