#!/bin/bash
# G41: a registry's warnings are shown once, short and harmless; no text of a server moves the terminal; no secret is logged.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cut() { LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$@"; }
escape=$'\e[2J\e]2title\a' c1=$'\xc2\x9b31m'
start_fake bearer=alice:s3cret-word "warning=this client is $escape old $c1" "warning=$(printf 'y%.0s' $(seq 6000))" 'warning=third'
sign_in alice s3cret-word
run 0 aiops push "oci:$t/model:1" "$registry/m:1" --debug
err_has 'warning: localhost:[0-9]+ says: this client is \\x1b\[2J'
[ "$(grep -c 'says: ' "$t/err")" = 3 ] || fail "not three warnings: $(grep -c 'says: ' "$t/err")"
[ "$(grep 'says: yyy' "$t/err" | wc -c)" -lt 500 ] || fail "a warning of 6000 bytes is shown whole"
! cut "$t/err" || fail "control characters reach the terminal"
no_leaks "$t/err" "$t/out"

start_fake presigned
store=$registry
start_fake "redirects=http://$store" dir="$registry_dir"
run 0 aiops push "oci:$t/model:1" "$registry/m:1" --debug
run 0 aiops pull "$registry/m:1" -d "$t/files" --debug
no_leaks "$t/err" "$t/out"
! grep -qE 'X-Amz|_state=|sig=' "$t/err" || fail "a signed query is logged"

for rule in "GET;manifests;*;400;body={\"errors\":[{\"code\":\"X\",\"message\":\"$escape\"}]}" "GET;manifests;*;404;body=$escape" \
  "GET;manifests;*;401;WWW-Authenticate=Bearer realm=\"http://localhost/$escape\"" "GET;manifests;*;307;Location=http://x/$escape" \
  "GET;manifests;*;200;body={\"schemaVersion\":2,\"mediaType\":\"\\u001b[2J\"}"; do
  start_fake "$rule"
  ! aiops pull "$registry/m:1" >"$t/out" 2>"$t/err" || fail "pulled after: $rule"
  ! cut "$t/err" "$t/out" || fail "control characters reach the terminal: $(cat -v "$t/err")"
done
start_fake "GET;tags;*;200;body={\"name\":\"m\",\"tags\":[\"a\\u001b[2J\"]}"
run 0 aiops tags "$registry/m"
! cut "$t/out" || fail "control characters in a table"
