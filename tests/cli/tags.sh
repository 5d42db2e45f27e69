#!/bin/bash
# tags lists a repository's tags wherever it is: all pages, sorted, without the fallback tags of referrers unless asked for.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
cd "$t"
run 0 aiops key generate --out k --no-passphrase
run 0 aiops copy oci:model:1 noise:b
run 0 aiops tag noise:b noise:a
run 0 aiops sign noise:b --key k.key
start_registry plain
for tag in z a m; do run 0 aiops push noise:b "$registry/n:$tag" -q; done

run 0 aiops tags "$registry/n"
out_is $'a\nm\nz'
run 0 aiops tags "$registry/n" -o json
out_is "{\"repository\":\"$registry/n\",\"tags\":[\"a\",\"m\",\"z\"]}"
run 0 aiops tags "$registry/n" --all -q
out_has '^sha256-[0-9a-f]{64}$'
[ "$(wc -l <out)" = 4 ] || fail "not four tags: $(cat out)"
run 0 aiops tags noise -q
out_is $'a\nb'
run 0 aiops tags oci:model
out_is 1
run 0 aiops copy noise:b archive:n.tar:7
run 0 aiops tags archive:n.tar
out_is 7
run 5 aiops tags "$registry/nothing"
run 5 aiops tags nothing
err_has 'no nothing in the store'
run 2 aiops tags "$registry/n:a"
err_has "aiops tags $registry/n$"

for kind in tags-page=2 'tags-page=1 absolute-links' 'tags-page=2 tags-repeat'; do # the last one repeats its first page for ever
  start_fake $kind
  for tag in z a m; do run 0 aiops push oci:model:1 "$registry/n:$tag" -q; done
  run 0 aiops tags "$registry/n" -q
  case $kind in *repeat) out_is $'a\nm' ;; *) out_is $'a\nm\nz' ;; esac
done
