# The same files give the same digest: packed twice, elsewhere, later, by another owner under another umask, on either side of a
# round trip, with any number of jobs.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
make_model "$t/m"
run 0 aiops pack "$t/m" -t demo:1
first=$(cat "$t/out")
err_has '^packed 4 files, .* as demo:1$'
run 0 aiops pack "$t/m" -t demo:2 --jobs 8; out_is "$first"

(umask 077; cp -r "$t/m" "$t/copy")
find "$t/copy" -exec touch -d 2001-01-01 {} +
[ "$(id -u)" != 0 ] || chown -R 1234:4321 "$t/copy"
run 0 aiops pack "$t/copy" -t "oci:$t/layout:x"; out_is "$first"
run 0 env -C "$t/copy" aiops pack -t "archive:$t/a.tar:x" -q; out_is "$first"
err_empty

run 0 aiops unpack "archive:$t/a.tar:x" -d "$t/back"
diff -r "$t/m" "$t/back"
run 0 aiops pack "$t/back" -t demo:3; out_is "$first"

SOURCE_DATE_EPOCH=86400 run 0 aiops pack "$t/m" -t demo:dated
[ "$(cat "$t/out")" != "$first" ] || fail "SOURCE_DATE_EPOCH had no effect"
run 0 aiops inspect demo:dated --config-blob; out_has '"createdAt":"1970-01-02T00:00:00Z"'
SOURCE_DATE_EPOCH=soon run 2 aiops pack "$t/m" -t demo:dated; err_has "SOURCE_DATE_EPOCH is 'soon'"
