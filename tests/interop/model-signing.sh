# model-signing, the reference of OpenSSF Model Signing, verifies what we sign, and we verify what it signs.
. "$(dirname "$0")/../lib.sh"
needs openssl python3
# 1.1.1 imports pyopenssl without asking for it.
python=$(bash "$SOURCE/tests/interop/venv.sh" model-signing==1.1.1 pyopenssl) || exit 77
theirs() { run "$1" "$python" -W ignore -m model_signing "${@:2}"; }
cd "$t"
mkdir -p model/a model/sub/.git model/.git
for name in B a/b a-b a.c 'é and space' sub/.git/signed .git/unsigned .gitignore; do echo "$name" >"model/$name"; done
: >model/empty
aiops key generate -q --out mine --no-passphrase >/dev/null
openssl ecparam -name prime256v1 -genkey -noout -out ec.pem
openssl pkey -in ec.pem -pubout -out ec.pub

run 0 aiops sign ./model --key mine.key
theirs 0 verify key model --signature model/model.sig --public_key mine.pub
theirs 1 verify key model --signature model/model.sig --public_key ec.pub
echo changed >model/a-b
theirs 1 verify key model --signature model/model.sig --public_key mine.pub
run 3 aiops verify ./model --key mine.pub

rm model/model.sig
theirs 0 sign key model --signature model/model.sig --private_key ec.pem
run 0 aiops verify ./model --key ec.pub
run 3 aiops verify ./model --key mine.pub
echo changed again >model/a-b
run 3 aiops verify -o json ./model --key ec.pub
out_has '"reason":"digest-mismatch","file":"a-b"'

# With paths left out by its user, of one file (which it calls "."), and with a larger key.
echo cache >model/cache
theirs 0 sign key model --signature model/model.sig --ignore-paths model/cache --private_key ec.pem
run 0 aiops verify ./model --key ec.pub
out_has '^not signed: cache$'
theirs 0 sign key model/B --signature B.sig --private_key ec.pem
run 0 aiops verify ./model/B --signature B.sig --key ec.pub
openssl ecparam -name secp384r1 -genkey -noout -out p384.pem
openssl pkey -in p384.pem -pubout -out p384.pub
theirs 0 sign key model --signature model/model.sig --private_key p384.pem
run 0 aiops verify ./model --key p384.pub
