# bench memory --operation upload,download: copies to a GPU and back, on fakes of NVIDIA's libraries; without a GPU it is exit code 7.
. "$(dirname "$0")/lib-device.sh"
needs python3
run 7 "$alone" bench memory --operation upload,download --size 1MiB --samples 3 --out none.jsonl
out_empty; err_has 'no GPU can be used'; err_has '^ +try: '
[ ! -e none.jsonl ] || fail "records without a GPU"
run 2 aiops bench memory --operation copy,upload --size 1MiB
err_has 'upload and download are of a GPU, the others of the CPU'
run 2 aiops bench memory --operation upload --threads 2
run 2 aiops bench memory --operation copy --gpu 1
needs_fakes
run 7 on_fakes env FAKE_CUDART_DRIVER=0 aiops bench memory --operation upload --size 1MiB --samples 3
err_has 'there is no NVIDIA driver'
run 7 on_fakes aiops bench memory --operation upload --size 1MiB --samples 3 --gpu 3
err_has 'there is no GPU 3'
copies=(aiops bench memory --operation upload,download --size 64KiB,1MiB --samples 40)
run 0 on_fakes "${copies[@]}" --out copies.jsonl
! grep -q CONTRACT err || fail "breaks a contract: $(grep -m1 CONTRACT err)"
[ "$(cut -f 1-2 out | sort | paste -sd ' ')" = $'download\t1.0 MiB download\t64.0 KiB upload\t1.0 MiB upload\t64.0 KiB' ] || fail "$(cat out)"
run 0 aiops bench verify copies.jsonl
python3 - <<'P'
import json
records = [json.loads(line) for line in open("copies.jsonl")]
assert len(records) == 4, len(records)
for record in records:
    gpu, = record["gpu"]
    assert gpu["name"] == "Fake GPU" and gpu["driver_release"] == "580", gpu
    assert record["engine"]["backend"] == "cuda" and record["correctness"]["pass"], record
    if record["health"]:
        assert record["health"]["gpu"]["verdict"] == "clean" and set(record["health"]["gpu"]["mhz"]) == {345}, record["health"]["gpu"]
P
# One case alone for a second and more has the GPU's energy; another is too short for its counter.
run 0 on_fakes aiops bench memory --operation upload --size 4MiB --samples 300 --out alone.jsonl
python3 - <<'P'
import json
record = json.load(open("alone.jsonl"))
energy = record["energy"]
if energy is None:
    assert sum(record["samples"]["values"]) < 2e9, "two seconds, and no energy"
else:
    assert energy["source"] == "nvml_total" and energy["domains"] == ["gpu"] and energy["resolution_ns"] == 10 ** 8 and energy["unit"] == "GB", energy
P
run 0 aiops bench verify alone.jsonl
run 0 on_fakes env FAKE_NVML_ENERGY=x aiops bench memory --operation upload --size 64KiB --samples 5 --out dumb.jsonl
grep -q '"energy":null' dumb.jsonl || fail "energy that nobody told"
# Held down by the power cap (4).
run 0 on_fakes env FAKE_NVML_THROTTLE=4 aiops bench memory --operation upload --size 64KiB --samples 40 --out held.jsonl
run 0 aiops bench verify held.jsonl
if grep -q '"health":{' held.jsonl; then
  err_held=$(python3 -c 'import json; print(json.load(open("held.jsonl"))["health"]["gpu"]["reason"])')
  [[ $err_held == "the GPU's clock was held down in 40 of 40 looks (power cap)" ]] || fail "$err_held"
fi
