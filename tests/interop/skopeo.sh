# skopeo reads our layouts and archives, copies them, and we read what it wrote.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
needs skopeo
make_model "$t/m"
run 0 aiops pack "$t/m" -t "oci:$t/ours:v1" -t "archive:$t/ours.tar:v1"; digest=$(cat "$t/out")
aiops inspect "oci:$t/ours:v1" --manifest >"$t/manifest"
skopeo inspect --raw "oci:$t/ours:v1" | cmp - "$t/manifest"
skopeo inspect --raw "oci-archive:$t/ours.tar:v1" | cmp - "$t/manifest"
skopeo copy -q "oci:$t/ours:v1" "oci:$t/theirs:v2"
run 0 aiops inspect "oci:$t/theirs:v2" -q; out_is "$digest"
run 0 aiops unpack "oci:$t/theirs:v2" -d "$t/back"; diff -r "$t/m" "$t/back"
skopeo copy -q "oci:$t/ours:v1" "oci-archive:$t/theirs.tar:v3"
run 0 aiops unpack "archive:$t/theirs.tar:v3" -d "$t/back2"; diff -r "$t/m" "$t/back2"
skopeo copy -q "oci:$t/ours:v1" "oci:$t/nameless"
run 0 aiops unpack "oci:$t/nameless" -d "$t/back3"; diff -r "$t/m" "$t/back3"
run 0 aiops tag "oci:$t/theirs:v2" "oci:$t/theirs:v4"  # into their layout, and they still read it
skopeo inspect --raw "oci:$t/theirs:v4" | cmp - "$t/manifest"
