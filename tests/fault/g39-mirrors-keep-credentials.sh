#!/bin/bash
# G39: a mirror never gets the registry's credentials; one that is cut, stalls or lies after some bytes is left for the next place
# and what it poisoned never has the layer's name.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 4
layer=sha256:$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
mkdir -p "$XDG_CONFIG_HOME/aiops"
mirrored() { # PRIMARY MIRROR
  printf 'registry:\n  mirrors:\n    - {prefix: %s, mirrors: [{location: "%s/copy"}]}\n' "$1/team" "$2" >"$3"
}
start_fake
mirror=$registry mirror_log=$registry_log
run 0 aiops push "oci:$t/model:1" "$mirror/copy/m:1" -q
for access in basic bearer; do
  start_fake "$access=alice:the-word-of-alice"
  primary=$registry
  sign_in alice the-word-of-alice
  run 0 aiops push "oci:$t/model:1" "$primary/team/m:1" -q
  mirrored "$primary" "$mirror" "$XDG_CONFIG_HOME/aiops/config.yaml"
  for fault in none 'rst;after=1000000' 'stall;after=1000000' flip; do
    registry=$mirror
    change_fake "GET;blobs/$layer;1;${fault/none/serve}"
    run 0 aiops pull "$primary/team/m:1" -d "$t/files" --timeout 1 --retries 0 --debug
    cat "$t/err" >>"$t/seen"
    cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
    rm -r "$t/files"
  done
done
grep -q "GET /v2/copy/m/blobs/$layer 20" "$mirror_log" || fail "the mirror was not asked"
! grep authorized "$mirror_log" >&2 || fail "the mirror got credentials"
no_leaks "$t/seen"

registry=$primary
change_fake "GET;blobs/$layer;*;flip"
start_fake "dir=$t/poisoned" "GET;blobs/$layer;*;flip"
run 0 aiops push "oci:$t/model:1" "$registry/copy/m:1" -q
mirrored "$primary" "$registry" "$XDG_CONFIG_HOME/aiops/config.yaml"
run 3 aiops pull "$primary/team/m:1" -d "$t/files" -q
run 3 aiops pull "$primary/team/m:1" -q
[ -z "$(find "$t/files" "$XDG_DATA_HOME" -name 'part-1.bin' -o -name "${layer#*:}" 2>/dev/null)" ] || fail "poison has the layer's name"

mkdir "$t/project" # what a project's file says cannot send anybody to a mirror
cp "$XDG_CONFIG_HOME/aiops/config.yaml" "$t/user.yaml"
rm "$XDG_CONFIG_HOME/aiops/config.yaml"
{ echo 'config:'; sed 's/^/  /' "$t/user.yaml"; } >"$t/project/aiops.yaml"
run 2 aiops -C "$t/project" pull "$primary/team/m:1" -q
err_has "project file may not set 'registry.mirrors'"
