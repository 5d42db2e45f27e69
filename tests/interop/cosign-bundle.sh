# What `sign` attaches to an artifact, read again by Python alone: referrers, bundles, DSSE, statements, signatures.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/layout.sh"
needs openssl python3
python=$(bash "$SOURCE/tests/interop/venv.sh" cryptography) || exit 77
cd "$t"
printf weights >w.safetensors; printf cfg >config.json
write_layout store demo:1 w.safetensors config.json
aiops key generate -q --out mine --no-passphrase >/dev/null
run 0 aiops sign --store store demo:1 --key mine.key
run 0 "$python" -W ignore "$SOURCE/tests/interop/libbundle.py" store "$digest" mine.pub
out_is 'https://model_signing/signature/v1.0
https://sigstore.dev/cosign/sign/v1'
