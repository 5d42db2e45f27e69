# docs/reference/ is what the verbs say today.
. "$(dirname "$0")/../lib.sh"
run 0 aiops __docs markdown "$t/reference"
diff -ru "$SOURCE/docs/reference" "$t/reference" >"$t/diff" ||
  fail "docs/reference/ differs from the verbs: run 'docs/regenerate' and commit the result
$(head -n 40 "$t/diff")"
