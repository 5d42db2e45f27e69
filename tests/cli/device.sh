# What `aiops device` says where there is no plug-in: the CPU works, what is missing comes with what to do, and the exit code is 0
# unless CUDA is required.
. "$(dirname "$0")/lib-device.sh"
needs python3
run 0 "$alone" device; err_empty
out_has '^cpu: can be used$'
out_has '^  products +fp32 .*, bf16 '
out_has '^  threads +[0-9]+$'
out_has '^cuda: cannot be used$'
out_has '^  plug-in +broken: the CUDA plug-in libaiops_cuda.so is neither in .*alone nor in .*lib/aiops$'
out_has '^ +try: .*AIOPS_CUDA_PLUGIN=FILE$'
run 0 "$alone" device -q; out_is cpu
run 0 "$alone" device -o json; err_empty
json 'v["cpu"]["usable"] and v["cpu"]["threads"] > 0 and v["cpu"]["memory"] > v["cpu"]["available"] > 0'
json 'not v["cuda"]["usable"] and v["cuda"]["gpus"] == [] and [l["link"] for l in v["cuda"]["chain"]] == ["plug-in"]'
json 'v["cuda"]["ran_on_hardware"] == "never"'

# Required, it is an error after the answer.
run 7 "$alone" device --require cuda
out_has '^cpu: can be used$'; err_has 'no GPU can be used: the CUDA plug-in'; err_has '^ +try: '
run 7 "$alone" device --require cuda -o json
json 'not v["cuda"]["usable"]'
python3 -c 'import json, sys; e = json.load(open(sys.argv[1]))["error"]; assert e["code"] == 7 and e["name"] == "no-gpu" and e["mend"], e' "$t/err"
run 2 "$alone" device --require rocm; err_has 'must be one of cuda'

# A plug-in that is named is the only one that is tried.
run 7 "$alone" device --plugin nowhere.so --require cuda; err_has 'nowhere.so: there is no such plug-in'
run 7 env AIOPS_CUDA_PLUGIN=elsewhere.so "$alone" device --require cuda; err_has 'elsewhere.so: there is no such plug-in'
echo text >text.so
run 7 "$alone" device --plugin text.so --require cuda; err_has 'text.so'
# It is code that is loaded: no project may name it.
mkdir project; printf 'config: {cuda: {plugin: evil.so}}\n' >project/aiops.yaml
run 2 "$alone" -C project device; err_has "a project file may not set 'cuda.plugin'"
run 2 "$alone" device selftest --require cuda; err_has "unknown flag '--require' for aiops device selftest"
