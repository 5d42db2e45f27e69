# -o json holds for help too: one object with what the page says, for verbs, families, topics and the program.
. "$(dirname "$0")/../lib.sh"
needs python3
same() { python3 -c "import json,sys; v=json.load(sys.stdin); assert $1, v" <"$t/out" || fail "$1"; err_empty; }
run 0 aiops help train -o json
same 'v["name"] == "aiops train" and {"set","resume","plan"} <= {f["name"] for f in v["flags"]} and v["examples"] and v["arguments"][0]["required"]'
cp "$t/out" "$t/help"
run 0 aiops train --help -o json; cmp "$t/help" "$t/out"
run 0 aiops -o json help; same '"push" in [x["name"] for x in v["verbs"]] and "__docs" not in [x["name"] for x in v["verbs"]] and len(v["topics"]) == 4'
run 0 aiops help exit-codes -o json; same '"75" in v["text"]'
run 2 aiops -o json store; same '"gc" in [x["name"] for x in v["verbs"]]'
run 2 aiops help nope -o json; out_empty; err_has '^\{"error":\{"code":2,'
