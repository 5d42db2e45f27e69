# `key import` takes plain EC keys from openssl, and says what to do with what it does not take.
. "$(dirname "$0")/../lib.sh"
needs openssl
cd "$t"
openssl ecparam -name prime256v1 -genkey -out sec1.pem
openssl pkey -in sec1.pem -out pkcs8.pem
openssl pkey -in sec1.pem -pubout -out expected.pub
for form in sec1 pkcs8; do
  run 0 aiops key import "$form.pem" --out "$form" --no-passphrase
  cmp -s "$form.pub" expected.pub || fail "$form: another public key"
  [ "$(stat -c %a "$form.key")" = 600 ] || fail "$form.key: mode $(stat -c %a "$form.key")"
done
run 1 aiops key import sec1.pem --out sec1 --no-passphrase
err_has 'exists already'
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa.pem 2>/dev/null
openssl ecparam -name secp384r1 -genkey -noout -out p384.pem
openssl pkey -in sec1.pem -aes128 -passout pass:x -out encrypted.pem
for refused in 'rsa.pem:not an ECDSA key' 'p384.pem:signing uses P-256' 'encrypted.pem:ENCRYPTED PRIVATE KEY' 'expected.pub:PUBLIC KEY'; do
  run 1 aiops key import "${refused%%:*}" --out none --no-passphrase
  err_has "${refused#*:}"
done
run 5 aiops key import nowhere.pem --out none --no-passphrase
[ ! -e none.key ] || fail "a key was written"
