# --version is one line; `version` adds the build and the libraries; JSON has the same members.
. "$(dirname "$0")/../lib.sh"
run 0 aiops --version; err_empty; grep -qxE 'aiops [0-9]+\.[0-9]+\.[0-9]+' "$t/out"
run 0 aiops version; out_has '^commit ([0-9a-f]{40}(, changed)?|unknown)$'; out_has '^openssl 3'; out_has '^libarchive '
needs python3
run 0 aiops version -o json
python3 -c 'import json,sys; v=json.load(sys.stdin); assert {"version","commit","dirty","build","libraries"} <= set(v) and v["libraries"]["openssl"]' <"$t/out"
run 0 aiops --version -o json; out_has '^\{"version":"[0-9.]+"\}$'
