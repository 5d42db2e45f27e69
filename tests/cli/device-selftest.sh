# The self-test: a record of every check where there is a GPU, 7 and nothing written where there is none, 1 when something differs.
. "$(dirname "$0")/lib-device.sh"
needs python3
run 7 "$alone" device selftest --out record.json
out_empty; err_has 'no GPU can be used'; err_has '^ +try: '
[ ! -e record.json ] || fail "a record without a GPU"
needs_fakes
run 7 on_fakes env FAKE_CUDART_DRIVER=0 aiops device selftest; err_has 'there is no NVIDIA driver'
run 7 on_fakes aiops device selftest --gpu 3; err_has 'there is no GPU 3'

run 0 on_fakes aiops device selftest --out record.json copies events graphs linear
out_has '^copies.*agrees'; out_has '^events.*agrees'; out_has '^graphs.*agrees'
out_has '^linear_forward	bf16	[0-9]+	agrees	'; out_has '^linear_backward_weight	fp32	[0-9]+	agrees	'
err_has 'Fake GPU: [0-9]+ checks agree, 0 differ, [0-9]+ not served'
! grep -q CONTRACT "$t/err" || fail "the self-test breaks a contract: $(grep -m1 CONTRACT "$t/err")"
cp record.json out
json 'v["schema"] == "dev.aiops.device-selftest/v1" and v["differs"] == 0 and v["agrees"] > 50 and len(v["started_at"]) > 18'
json 'v["gpu"]["name"] == "Fake GPU" and v["versions"]["driver"].startswith("580") and v["versions"]["cuBLASLt"] == "13.1.0"'
json 'v["tool"]["name"] == "aiops" and len(v["checks"]) == v["agrees"] + v["differs"] + v["not_served"]'
run 0 on_fakes env FAKE_CUDART_THREADS=3 aiops device selftest -o json  # every operator of the plug-in
json 'v["differs"] == v["not_served"] == 0 and len({c["name"] for c in v["checks"]}) >= 32'
run 0 on_fakes aiops device selftest copies --deterministic -o json; json 'v["differs"] == 0 and v["agrees"] == len(v["checks"]) == 5'
run 2 on_fakes aiops device selftest linnear; err_has "did you mean 'linear'"

run 1 on_fakes env FAKE_CUBLASLT_WRONG=1 aiops device selftest linear --out wrong.json
err_has 'differ on Fake GPU, the first is linear_forward \(1 rows, 8 to 8\): error'
out_has '^linear_forward	fp32	[0-9]+	differs	'
cp wrong.json out; json 'v["differs"] > 10'
