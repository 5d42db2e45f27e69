#!/bin/bash
# G5: the server closes kept-alive connections between requests without saying so: one transparent retry, even with --retries 0.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1 1 1
start_fake closes=0
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
for i in 1 2 3; do
  run 0 aiops pull "$registry/m:1" -d "$t/files$i" --jobs 1 --retries 0 -q
  diff -r "$t/model.files" "$t/files$i"
done
