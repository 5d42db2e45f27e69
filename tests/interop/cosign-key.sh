# Our key file opens with an independent scrypt and secretbox (hashlib, PyNaCl), and theirs with us.
. "$(dirname "$0")/../lib.sh"
needs python3
python=$(bash "$SOURCE/tests/interop/venv.sh" pynacl cryptography) || exit 77
cd "$t"
AIOPS_PASSPHRASE='correct horse' run 0 aiops key generate --out ours
run 0 aiops key generate --out bare --no-passphrase
cat >keys.py <<'EOF'
import base64, hashlib, json, nacl.secret, os, sys
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec

def secretbox(passphrase, salt, n): return nacl.secret.SecretBox(
    hashlib.scrypt(passphrase, salt=salt, n=n, r=8, p=1, dklen=32, maxmem=1 << 28))
def unseal(file, passphrase):
    lines = open(file).read().split("\n")
    assert lines[0] == "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----" and lines[-2] == lines[0].replace("BEGIN", "END")
    box = json.loads(base64.b64decode("".join(lines[1:-2]), validate=True))
    assert list(box) == ["kdf", "cipher", "ciphertext"] and box["kdf"]["params"] == {"N": 65536, "r": 8, "p": 1}
    salt, nonce = base64.b64decode(box["kdf"]["salt"]), base64.b64decode(box["cipher"]["nonce"])
    assert (len(salt), len(nonce)) == (32, 24)
    der = secretbox(passphrase, salt, 65536).decrypt(base64.b64decode(box["ciphertext"]), nonce)
    assert len(der) == 138
    return s.load_der_private_key(der, None)
public = lambda key: key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo)
assert public(unseal("ours.key", b"correct horse")) == open("ours.pub", "rb").read()
assert public(unseal("bare.key", b"")) == open("bare.pub", "rb").read()
b64 = lambda raw: base64.b64encode(raw).decode()
for label, n in ("SIGSTORE", 65536), ("COSIGN", 32768), ("SIGSTORE", 131072):
    key, salt, nonce = ec.generate_private_key(ec.SECP256R1()), os.urandom(32), os.urandom(24)
    der = key.private_bytes(s.Encoding.DER, s.PrivateFormat.PKCS8, s.NoEncryption())
    box = secretbox(b"theirs", salt, n).encrypt(der, nonce).ciphertext
    text = json.dumps({"kdf": {"name": "scrypt", "params": {"N": n, "r": 8, "p": 1}, "salt": b64(salt)},
                       "cipher": {"name": "nacl/secretbox", "nonce": b64(nonce)}, "ciphertext": b64(box)})
    body = base64.encodebytes(text.encode()).decode()
    open(f"{n}.key", "w").write(f"-----BEGIN ENCRYPTED {label} PRIVATE KEY-----\n{body}-----END ENCRYPTED {label} PRIVATE KEY-----\n")
    os.chmod(f"{n}.key", 0o600)
    open(f"{n}.pub", "wb").write(public(key))
EOF
run 0 "$python" -W ignore keys.py
for n in 32768 65536 131072; do
  AIOPS_PASSPHRASE=theirs run 0 aiops key show --pem "$n.key"
  cmp -s "$t/out" "$n.pub" || fail "N = $n: another key"
  err_empty
done
