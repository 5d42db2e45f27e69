#!/bin/bash
# A layout and an archive stand for a registry: pull verifies and unpacks from them, and stores under a name that is given.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/fault/kill.sh"

cd "$t"
make_model model 1
run 0 aiops key generate --out k --no-passphrase
run 0 aiops pack model -t m:1 --sign k.key -q
digest=$(cat "$t/out")
for place in oci:lay:1 archive:lay.tar:1; do
  run 0 aiops copy m:1 "$place" --referrers
  run 0 aiops --store elsewhere pull "$place" -d "got-${place%%:*}" --verify --key k.pub -q
  out_is "$digest"
  diff -r model "got-${place%%:*}"
  run 0 aiops --store elsewhere pull "$place" -t again:1 -q
  out_is "$digest"
  run 2 aiops --store elsewhere pull "$place"
  err_has 'has no name to keep in the store'
done
run 2 aiops pull m:1
err_has 'names no registry to pull from'
