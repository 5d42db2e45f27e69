#!/bin/bash
# A push that is killed with -9 ten times, anywhere in it, comes to its end with at most 1.15 of the payload on the wire,
# where the registry keeps what has arrived. AIOPS_TEST_MIB sets the size of its five blobs.
kill_mib=${AIOPS_TEST_MIB:-300}
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
. "$SOURCE/tests/fault/kill.sh"

make_layout "$t/model" "$kill_mib" "$kill_mib" "$kill_mib" "$kill_mib" "$kill_mib"
payload=$((5 * kill_mib << 20))
run 0 aiops copy "oci:$t/model:1" model:1
rm -rf "$t/model"
start_fake keeps up-rate=80000000
for place in $(random_places 10 "$payload"); do
  kill_at "$place" received aiops push model:1 "$registry/m:1" -q
  run 0 aiops store check
done
run 0 aiops push model:1 "$registry/m:1" -q
out_is "$digest"
at_most 115 "$(counted received)" "$payload" 'received after ten kills'
(cd "$registry_dir/m" && for blob in sha256:*; do echo "${blob#*:}  $blob"; done | sha256sum --check --quiet -)
before=$(counted received)
run 0 aiops push model:1 "$registry/m:1" -q
((($(counted received) - before) < 10000)) || fail "a finished push sends its blobs again"
