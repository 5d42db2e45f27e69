# `key generate` makes a pair that openssl knows, keeps the private half to its owner and never overwrites a key.
. "$(dirname "$0")/../lib.sh"
cd "$t"
umask 022
run 0 aiops key generate --out release --no-passphrase
out_has '^wrote release.key and release.pub$'
err_empty
id=$(openssl pkey -pubin -in release.pub -outform DER | sha256sum | cut -c 1-64)
out_has "^key id $id\$"
[ "$(stat -c %a release.key) $(stat -c %a release.pub)" = '600 644' ] || fail "modes: $(stat -c '%a %n' release.*)"
head -n 1 release.key | grep -qx -- '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----' || fail "not cosign's format"
openssl pkey -pubin -in release.pub -noout -text | grep -q 'prime256v1' || fail "not P-256"

cp release.key before
run 1 aiops key generate --out release --no-passphrase
err_has 'release.key: exists already'
rm release.key
run 1 aiops key generate --out release --no-passphrase
err_has 'release.pub: exists already'
[ ! -e release.key ] || fail "half a pair was left"
mv before release.key

run 0 aiops key show -q release.key
out_is "$id"
run 0 aiops key show -o json release.pub
out_has "\"id\":\"$id\",\"algorithm\":\"ecdsa-p256-sha256\",\"kind\":\"public\""
run 0 aiops key show --pem release.key
cmp -s "$t/out" release.pub || fail "--pem printed another key"
chmod 644 release.key
run 0 aiops key show release.key
err_has 'may be read by others'
[ -z "$(find . -name '.tmp-*')" ] || fail "temporary files were left"
