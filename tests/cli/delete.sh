#!/bin/bash
# delete removes a manifest from a registry with all its tags, after telling which; --tag-only where the registry can.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cd "$t"
run 0 aiops key generate --out k --no-passphrase
run 0 aiops copy oci:model:1 noise:1
run 0 aiops sign noise:1 --key k.key
start_registry plain
for tag in a b; do run 0 aiops push noise:1 "$registry/n:$tag" -q; done

run 0 aiops delete "$registry/n:a" --dry-run
err_has "would delete $registry/n@sha256:[0-9a-f]*, known as a, b, without its 2 referrers"
out_is "$digest $registry/n:a"
run 2 aiops delete "$registry/n:a" # nobody to ask
err_has 'known as a, b.*standard input is not a terminal'
run 2 aiops delete "$registry/n"
run 2 aiops delete noise:1
err_has 'aiops rm noise:1'
run 1 aiops delete "$registry/n:a" --tag-only -y # 2.8 cannot
err_has 'removes no tag alone \(400\)'
run 0 aiops tags "$registry/n" -q
out_is $'a\nb'
run 0 aiops delete "$registry/n:a" --referrers -y -o json
out_has '"tags":\["a","b"\],"referrers":\["sha256:.*","sha256:.*"\]'
run 5 aiops inspect "$registry/n:b"
run 0 aiops referrers "$registry/n@$digest"
out_empty
run 5 aiops delete "$registry/n@$digest" -y

start_fake no-delete
run 0 aiops push oci:model:1 "$registry/n:1" -q
run 4 aiops delete "$registry/n:1" -y
err_has 'does not allow deleting \(405\)'
start_fake 'DELETE;manifests/sha;1;vanish' # gone, though nobody said so
for tag in 1 2; do run 0 aiops push oci:model:1 "$registry/n:$tag" -q; done
run 0 aiops delete "$registry/n:2" --tag-only -y
run 0 aiops tags "$registry/n" -q
out_is 1
run 0 aiops delete "$registry/n:1" -y
run 5 aiops inspect "$registry/n@$digest"
