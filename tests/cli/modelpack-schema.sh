# The config blob holds to the rules of modelpack/model-spec v0.0.7, with everything in aiops.yaml said and with nothing said.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
python3 -c 'import jsonschema' 2>/dev/null || skip "python3 jsonschema is not installed"
valid() {
  python3 -W ignore - "$t/out" <<'PY' || fail "the config breaks the rules: $(cat "$t/out")"
import json, sys, jsonschema
text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
closed = lambda members, needed=(): {"type": "object", "properties": members, "required": list(needed), "additionalProperties": False}
schema = closed({
    "descriptor": closed({"createdAt": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}, "authors": texts,
                          "name": {"type": "string", "minLength": 1}, "licenses": texts,
                          **{k: text for k in "family docURL sourceURL version revision vendor title description".split()}}),
    "modelfs": closed({"type": {"const": "layers"}, "diffIds": {**texts, "minItems": 1}}, ["type", "diffIds"]),
    "config": closed({"paramSize": {"type": "string", "pattern": r"^\d+(\.\d)?[KMBTQ]$"},
                      **{k: text for k in "architecture format precision quantization".split()}}),
}, ["descriptor", "modelfs", "config"])
jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[1])))
PY
}
mkdir "$t/bare"; echo x >"$t/bare/x.bin"
run 0 aiops pack "$t/bare" -t bare:1
run 0 aiops inspect bare:1 --config-blob; valid
make_model "$t/m"
printf 'name: demo\nversion: "1"\ndescription: d <&> \xc3\xa9\nfamily: f\nlicences: [MIT, Apache-2.0]\nauthors: [a, b]\n' >"$t/m/aiops.yaml"
SOURCE_DATE_EPOCH=0 run 0 aiops pack "$t/m" -t m:1
run 0 aiops inspect m:1 --config-blob; valid
out_has '"licenses":\["MIT","Apache-2.0"\]'
