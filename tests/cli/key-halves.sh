# The wrong half of a key is named with the right one, and nobody is told to hide a public key.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
cd "$t"; make_model m; aiops key generate --no-passphrase --out k -q >"$t/out"; aiops pack m -t demo:1 -q >"$t/out"
run 1 aiops sign demo:1 --key k.pub; err_has 'give the private half'
! grep -q 'may be read by others' "$t/err" || fail "a warning about a public key"
run 1 aiops verify demo:1 --key k.key; err_has 'give the public half'
