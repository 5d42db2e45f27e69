# A passphrase comes from a file or the environment where nobody can be asked; a wrong one opens nothing.
. "$(dirname "$0")/../lib.sh"
cd "$t"
run 2 aiops key generate --out locked
err_has 'not a terminal'
err_has '--passphrase-file'
[ ! -e locked.key ] || fail "a key was written all the same"
printf 'correct horse\nsecond line\n' >passphrase
run 0 aiops key generate --out locked --passphrase-file passphrase
id=$(openssl pkey -pubin -in locked.pub -outform DER | sha256sum | cut -c 1-64)

run 0 aiops key show -q locked.key --passphrase-file passphrase
out_is "$id"
AIOPS_PASSPHRASE='correct horse' run 0 aiops key show -q locked.key
out_is "$id"
AIOPS_PASSPHRASE='wrong horse' run 4 aiops key show locked.key
err_has 'the passphrase does not open it'
out_empty
run 2 aiops key show locked.key
err_has 'not a terminal'
! grep -rq 'correct horse' locked.key || fail "the passphrase is in the key file"

: >empty
run 2 aiops key generate --out other --passphrase-file empty
err_has 'the passphrase is empty'
run 2 aiops key generate --out other --passphrase-file passphrase --no-passphrase
err_has 'exclude each other'
