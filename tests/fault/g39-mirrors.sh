#!/bin/bash
# G39: a mirror that lacks, refuses, fails, stalls, lies or is down costs nothing but a look: the next place is asked.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 2
layer=sha256:$(sha256sum "$t/model.files/part-1.bin" | cut -d' ' -f1)
start_fake
primary=$registry primary_log=$registry_log
run 0 aiops push "oci:$t/model:1" "$primary/team/m:1" -q
mkdir -p "$XDG_CONFIG_HOME/aiops"
mirror() { # PULL-FROM FAKE ARGUMENT...: a mirror that has all of it
  local from=$1
  shift
  start_fake "$@"
  printf 'registry:\n  mirrors:\n    - prefix: %s/team\n      mirrors:\n        - {location: "%s/copy", pull-from: %s}\n' \
    "$primary" "$registry" "$from" >"$XDG_CONFIG_HOME/aiops/config.yaml"
  aiops push "oci:$t/model:1" "$registry/copy/m:1" -q >"$t/filled" 2>&1 || true
  before=$(wc -l <"$primary_log")
}
asked() { tail -n +$((before + 1)) "$primary_log" | grep -E "$1"; } # of the registry itself, since the mirror is there
pull() { # from the mirror, if it is good for anything
  run 0 aiops pull "$primary/team/m:1" -d "$t/files" --timeout 1 --retries 1 "$@"
  cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
  rm -rf "$t/files" "$XDG_DATA_HOME"
  run 0 aiops pull "$primary/team/m:1" -q --timeout 1 --retries 1
  out_is "$digest"
}
mirror all
pull
! asked 'blobs|manifests/(1|sha256:)' || fail "the registry was asked for what the mirror has"
mirror digest-only
pull
asked 'GET .*manifests/1 ' >"$t/asked" || fail "the tag was not asked from the registry"
! asked 'GET .*blobs' || fail "a blob came from the registry"
! grep -q 'GET /v2/copy/m/manifests/1 ' "$registry_log" || fail "a mirror for digests was asked for a tag"
for fault in 404 401 403 500 stall rst flip short html; do
  mirror all "GET;blobs/$layer;*;$fault"
  pull
  asked "GET .*blobs/$layer 20" >"$t/asked" || fail "the registry was not asked after $fault"
done
for fault in 404 500 html stall; do
  mirror all "GET;manifests;*;$fault"
  pull
done
printf 'registry: {mirrors: [{prefix: %s, mirrors: [{location: "localhost:1"}]}]}\n' "$primary" >"$XDG_CONFIG_HOME/aiops/config.yaml"
pull
