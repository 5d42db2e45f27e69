# umoci lists, tags and collects garbage in our layout without losing a blob that we need.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
needs umoci
make_model "$t/m"
run 0 aiops pack "$t/m" -t "oci:$t/l:v1"; digest=$(cat "$t/out")
[ "$(umoci ls --layout "$t/l")" = v1 ] || fail "umoci lists: $(umoci ls --layout "$t/l")"
umoci tag --image "$t/l:v1" v2
run 0 aiops inspect "oci:$t/l:v2" -q; out_is "$digest"
umoci gc --layout "$t/l"
run 0 aiops unpack "oci:$t/l:v2" -d "$t/back"; diff -r "$t/m" "$t/back"
# And the other way round: we unpack a layout that umoci made.
umoci init --layout "$t/theirs"; umoci new --image "$t/theirs:empty"
run 0 aiops inspect "oci:$t/theirs:empty"; out_has '^type +image$'
