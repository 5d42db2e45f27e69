# Looking for an artifact makes no store, no layout and no archive, and the message tells a name from a tag.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
cd "$t"; make_model m
aiops key generate --no-passphrase --out k -q >"$t/out"
for verb in "inspect demo:1" "unpack demo:1 -d files" "verify demo:1 --key k.pub" "sign demo:1 --key k.key" "tag demo:1 demo:2" \
  "push demo:1 localhost:1/demo" "copy demo:1 oci:layout:1" "rm demo:1" "tag oci:layout:1 oci:layout:2" "tag archive:a.tar:1 archive:a.tar:2"; do
  run 5 aiops $verb; out_empty
done
for place in "$XDG_DATA_HOME" files layout a.tar a.tar.partial; do [ ! -e "$place" ] || fail "$place was made"; done
run 5 aiops inspect demo; err_has 'there is no demo:latest in the store'
run 5 aiops tag demo:1 demo:2; err_has 'there is no demo:1 in the store'
run 0 aiops pack m -t demo:1 -t oci:layout:1 -t archive:a.tar:1
run 5 aiops inspect demo; err_has "demo has no tag 'latest'"; err_has 'try: aiops ls demo shows its tags'
for place in oci:layout archive:a.tar; do
  run 5 aiops tag "$place:2" "$place:3"; err_has "$place has no tag '2'"; err_has "try: aiops ls $place shows its tags"
  run 5 aiops sign "$place:2" --key k.key; err_has "$place has no tag '2'"
done
[ ! -e a.tar.partial ] || fail "a.tar.partial was left"
run 5 aiops ls nosuch; err_has 'there is no nosuch in the store'
run 5 aiops ls oci:layout:2; err_has "oci:layout has no tag '2'"
run 0 aiops ls archive:a.tar:1 -q; out_is 1; run 5 aiops ls archive:a.tar:2
