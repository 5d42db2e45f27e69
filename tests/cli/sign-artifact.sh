# An artifact is signed where it lies and verified by digest; a stranger's key, no key and no signature are told apart.
. "$(dirname "$0")/../lib.sh"
needs xxd
. "$SOURCE/tests/layout.sh"
cd "$t"
printf weights >w.safetensors; printf cfg >config.json
write_layout layout v1 w.safetensors config.json
cp -r layout unsigned
aiops key generate -q --out mine --no-passphrase >/dev/null
aiops key generate -q --out other --no-passphrase >/dev/null
run 3 aiops verify -o json oci:layout:v1 --key mine.pub
err_has '"reason":"unsigned"'
run 0 aiops sign -q oci:layout:v1 --key mine.key
out_is "$digest"
run 0 aiops verify -o json oci:layout:v1 --key mine.pub
root=$(printf '%s%s' "$(sha256sum <config.json | cut -c 1-64)" "$(sha256sum <w.safetensors | cut -c 1-64)" | xxd -r -p | sha256sum | cut -c 1-64)
out_has "\"digest\":\"$digest\",\"key\":\"$(aiops key show -q mine.pub)\""
out_has '"statements":\["https://model_signing/signature/v1.0","https://sigstore.dev/cosign/sign/v1"\]'
out_has "\"oms_root\":\"$root\""
run 0 aiops verify "oci:layout@$digest" --key mine.pub
run 3 aiops verify -o json oci:layout:v1 --key other.pub
err_has '"reason":"untrusted-key"'

# The same in an archive, which is written anew; and nothing is made where there was nothing.
tar -C unsigned -cf archive.tar oci-layout index.json blobs
run 0 aiops sign archive:archive.tar:v1 --key mine.key
run 0 aiops verify archive:archive.tar:v1 --key mine.pub
for place in oci:nowhere:v1 archive:nowhere.tar:v1; do run 5 aiops sign "$place" --key mine.key; done
[ -z "$(ls -d nowhere* 2>/dev/null)" ] || fail "an empty place was made"

# The same in the store, whose references are names.
write_layout store demo:1 w.safetensors config.json
run 5 aiops verify --store store w.safetensors --key mine.pub
err_has 'dir:w.safetensors'
run 0 aiops sign --store store demo:1 --key mine.key
run 0 aiops verify --store store demo:1 --key mine.pub
out_has '^statement  https://sigstore.dev/cosign/sign/v1$'
run 2 aiops verify --store store demo:1 --key mine.pub --strict
err_has 'for directories'
run 5 aiops verify --store store demo:2 --key mine.pub
