#!/bin/bash
# Each failure has its exit code and names its object: no server 6, no tag 5, http to an https port says --tls.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
make_layout "$t/model" 1
run 0 aiops push "oci:$t/model:1" "$registry/noise"
run 5 aiops pull "$registry/noise:absent"
err_has "$registry/noise:absent does not exist"
out_empty
run 5 aiops pull "$registry/nothing:1" -o json
err_has '"code":5,"name":"not-found"'
kill "$registry_pid"
wait "$registry_pid" 2>/dev/null || true
run 6 aiops pull "$registry/noise:1" --retries 1
err_has "cannot reach $registry"
run 6 aiops push "oci:$t/model:1" "$registry/noise" --retries 0
start_registry basic
run 6 aiops pull "$registry/noise:1" --retries 0
err_has 'try: --tls'
