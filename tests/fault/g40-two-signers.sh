#!/bin/bash
# G40: two signers at once share the fallback index of a registry that knows no conditions: neither loses its entry.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cd "$t"
signers='a b c'
for key in $signers; do run 0 aiops key generate --out $key --no-passphrase; done
race() { # each signer's read of the index and its write lie far apart, so that they surely cross
  run 0 aiops push oci:model:1 "$registry/m:1" -q
  local key pids=()
  for key in $signers; do
    aiops sign "$registry/m:1" --key $key.key -q >"$t/$key.out" 2>&1 &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || fail "a signer failed: $(cat "$t"/[abc].out)"; done
  for key in $signers; do run 0 aiops verify "$registry/m:1" --key $key.pub; done
}
for round in 1 2 3; do
  start_fake 'GET;manifests/sha256-;*;serve;wait=0.02'
  race
done
start_registry plain
race
