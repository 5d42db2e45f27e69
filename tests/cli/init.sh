# init writes an aiops.yaml that pack reads, and never replaces one unasked.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
make_model "$t/my model"
run 0 aiops init "$t/my model"; out_is "$t/my model/aiops.yaml"
grep -qx 'licence: "Apache-2.0"' "$t/my model/aiops.yaml"; grep -qx 'name: "my model"' "$t/my model/aiops.yaml"
run 1 aiops init "$t/my model"; err_has 'try: give --force'
run 0 aiops init "$t/my model" --force -o json; out_has '"family":"llama"'
run 0 aiops pack "$t/my model" -t x:1
run 0 aiops inspect x:1; out_has '^name +my model$'
run 0 aiops inspect x:1 -o json; out_has '"path":"config.json"'; ! grep -q aiops.yaml "$t/out" || fail "the recipe was packed"
run 5 aiops init "$t/none"; err_has 'no such directory'
