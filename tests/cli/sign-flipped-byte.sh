# No byte of a signature can change without being noticed, and nothing but the right exit code comes of it.
. "$(dirname "$0")/../lib.sh"
needs python3
cd "$t"
mkdir model; printf weights >model/w
aiops key generate -q --out mine --no-passphrase >/dev/null
aiops sign -q ./model --key mine.key >/dev/null
python3 - <<'EOF'
import json, os, random
bundle = open("model/model.sig", "rb").read()
envelope = json.loads(bundle)["dsseEnvelope"]
spans = [(bundle.index(text.encode()), len(text.encode())) for text in
         (envelope["payload"], envelope["payloadType"], envelope["signatures"][0]["sig"])]
random.seed(7)
os.mkdir("flipped")
for i in range(24):
    start, size = spans[i % 3]
    at = start + random.randrange(size - 4)  # the last characters may be padding bits, which mean nothing
    changed = bytearray(bundle)
    changed[at] = ord("A") if changed[at] != ord("A") else ord("B")
    open(f"flipped/{i}", "wb").write(changed)
EOF
for signature in flipped/*; do
  run 3 aiops verify -o json ./model --key mine.pub --signature "$signature"
  err_has '"reason":"bad-signature"'
  out_empty
done
run 0 aiops verify ./model --key mine.pub
