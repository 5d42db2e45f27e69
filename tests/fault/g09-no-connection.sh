#!/bin/bash
# G9: nobody listens, no such name, and a name with two addresses of which only one answers: bounded, and told by the host.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
run 6 timeout 60 aiops pull localhost:1/m:1 --retries 1
err_has 'cannot reach localhost:1: '
run 6 timeout 60 aiops pull nowhere.invalid/m:1 --retries 1
err_has 'cannot reach nowhere.invalid: '
run 6 timeout 60 aiops pull '[::1]:1/m:1' --retries 0
err_has 'cannot reach \[::1\]:1: '

start_fake # 127.0.0.1 alone, and localhost is ::1, too
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
run 0 aiops pull "$registry/m:1" -d "$t/files" -q
cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
[ -e /proc/net/if_inet6 ] && start_fake listen=::1 || exit 0
port=${registry#*:}
run 0 aiops push "oci:$t/model:1" "[::1]:$port/m:1" -q
run 0 aiops inspect "[::1]:$port/m:1" -q
out_is "$digest"
run 0 aiops inspect "localhost:$port/m:1" -q # now the other address is the dead one
out_is "$digest"
