#!/bin/bash
# Referrers with the API and without it: signatures are found, listed once, and a lost answer is not "unsigned".
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cd "$t"
run 0 aiops copy oci:model:1 noise:1
run 0 aiops key generate --out k --no-passphrase
run 0 aiops sign noise:1 --key k.key

start_fake referrers # lists everything twice, without artifactType
run 0 aiops push noise:1 "$registry/m:1" -q
! grep -q 'PUT .*manifests/sha256-' "$registry_log" || fail "a fallback tag although there is an API"
run 0 aiops pull "$registry/m:1" -t back:1 -o json --key k.pub
out_has '"referrers":2'

start_fake "GET;referrers;99;405"
run 0 aiops push noise:1 "$registry/m:1" -q
grep -q 'PUT .*manifests/sha256-' "$registry_log" || fail "no fallback tag"
run 0 aiops verify "$registry/m:1" --key k.pub

start_fake "GET;manifests/sha256-;1;404" # another writer's index appears between two looks: both entries stay
run 0 aiops push noise:1 "$registry/m:1" -q
run 0 aiops verify "$registry/m:1" --key k.pub

start_fake "GET;manifests/sha256-;99;500"
run 0 aiops push noise:1 "$registry/m:1" --no-referrers -q
run 6 aiops pull "$registry/m:1" -d files --key k.pub --retries 1 -o json
err_has '"name":"unavailable"'
! grep -q unsigned err || fail "a transport error is reported as unsigned"
[ ! -e files ] || fail "files without a verdict"
