#!/bin/bash
# Signatures go along with push and pull, and verify where they arrive; a registry without the referrers API keeps them too.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
make_layout "$t/model" 1
cd "$t"
run 0 aiops copy "oci:model:1" noise:1
run 0 aiops key generate --out k --no-passphrase
run 0 aiops sign noise:1 --key k.key
run 0 aiops push noise:1 "$registry/noise:1" -o json
out_has '"referrers":2'
writes=$(count_requests '(PUT|POST)' '')
run 0 aiops push noise:1 "$registry/noise:1"
err_has 'already there'
[ "$(count_requests '(PUT|POST)' '')" = "$writes" ] || fail "an unchanged push writes"
run 0 aiops verify "$registry/noise:1" --key k.pub
run 0 aiops --store second pull "$registry/noise:1" -o json
out_has '"referrers":2'
run 0 aiops --store second verify noise:1 --key k.pub
run 0 aiops --store third pull "$registry/noise:1" --no-referrers
run 3 aiops --store third verify noise:1 --key k.pub
err_has 'sign'
run 0 aiops push noise:1 "$registry/bare:1" --no-referrers -o json
out_has '"referrers":0'
run 3 aiops verify "$registry/bare:1" --key k.pub
