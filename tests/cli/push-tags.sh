#!/bin/bash
# push --tag: several names for what is sent once.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
start_fake
run 0 aiops push "oci:$t/model:1" "$registry/m:1" --tag latest -t stable -o json
out_has '"blobs_sent":2.*"manifests_sent":3'
for tag in 1 latest stable; do
  run 0 aiops inspect "$registry/m:$tag" -q
done
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -t latest -t new -o json
out_has '"manifests_sent":1'
run 2 aiops push "oci:$t/model:1" "$registry/m:1" --tag 'not a tag'
err_has 'not a tag'
run 0 aiops push "oci:$t/model:1" "$registry/m@$digest" -t only -q
run 0 aiops inspect "$registry/m:only" -q
