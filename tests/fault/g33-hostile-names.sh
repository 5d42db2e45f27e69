#!/bin/bash
# G33: title annotations that lead outside, are absolute, hold NUL, are given twice or differ by case: refused, nothing written.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
start_fake
named() { # JSON-TITLE...: pushes a manifest whose layers are the same blob under these titles
  python3 - "$t/model" "http://$registry/v2/m/manifests/hostile" "$@" <<'P'
import glob, json, sys, urllib.request
layout, url, *titles = sys.argv[1:]
entry = json.load(open(f"{layout}/index.json"))["manifests"][0]
manifest = json.load(open(f"{layout}/blobs/" + entry["digest"].replace(":", "/")))
layer = manifest["layers"][0]
manifest["layers"] = [{**layer, "annotations": {"org.opencontainers.image.title": json.loads(title)}} for title in titles]
request = urllib.request.Request(url, json.dumps(manifest).encode(), {"Content-Type": manifest["mediaType"]}, method="PUT")
urllib.request.urlopen(request)
P
}
mkdir "$t/place"
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
for titles in '"../../x"' '"/etc/x"' '"a\u0000b"' '"a" "a"' '"Readme" "README"' '"a" "a/b"'; do
  eval "named $(for title in $titles; do printf "'%s' " "$title"; done)"
  run 1 aiops pull "$registry/m:hostile" -d "$t/place/files" -q
  err_has 'the path'
  [ -z "$(ls -A "$t/place")" ] || fail "something was written for $titles: $(ls -AR "$t/place")"
  [ "$(counted requests 'GET blobs')" = 0 ] || fail "a blob was asked for $titles"
done
