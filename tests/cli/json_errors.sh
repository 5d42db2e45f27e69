# With -o json an error is one JSON object on stderr, also when the command line cannot be parsed.
. "$(dirname "$0")/../lib.sh"
needs python3
is_error() { python3 - "$t/err" "$@" <<'P' || fail "not the error wanted: $(cat "$t/err")"
import json, sys
text = open(sys.argv[1]).read()
error = json.loads(text)["error"]
assert text.count("\n") == 1 and sorted(error) == ["code", "mend", "message", "name"], error
assert [str(error["code"]), error["name"], error["message"]] == sys.argv[2:], error
P
}
run 2 aiops -o json nonsense-verb; out_empty; is_error 2 usage "unknown verb 'nonsense-verb'"
run 2 aiops version --nope --output=json; out_empty; is_error 2 usage "unknown flag '--nope' for aiops version"
AIOPS_UI_OUTPUT=json run 2 aiops version more; out_empty; is_error 2 usage "unexpected word 'more' for aiops version"
run 5 aiops -o json --config "$t/none.yaml" config show; is_error 5 not-found "configuration file $t/none.yaml is not there"
