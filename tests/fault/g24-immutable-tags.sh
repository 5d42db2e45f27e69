#!/bin/bash
# G24: a tag that exists and may not be moved. Success when it is ours, else an exit code of its own.
. "$(dirname "$0")/lib-push.sh"
make_layout "$t/another" 1
for status in 400 409; do
  push 0 "immutable=$status"
  push_again 0
  run 0 aiops push "oci:$t/model:1" "$registry/m:2" --tag 1 -q
  run 11 aiops push "oci:$t/another:1" "$registry/m:1" -o json
  err_has '"name":"conflict".*m:1 names another artifact and may not be moved: tag invalid'
  run 0 aiops push "oci:$t/another:1" "$registry/m:3" -q
done
push 0 'PUT;manifests/1;1;then-409'
