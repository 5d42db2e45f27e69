# A reader written after docs/checkpoint-delta.md alone rebuilds the example of that page, and a checkpoint two differences deep.
. "$(dirname "$0")/../cli/lib-train.sh"
needs python3 zstd
reader=$SOURCE/tests/interop/checkpoint_delta.py
python3 - <<'P'
import struct
header = b'{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[64],"data_offsets":[0,256]}}'
numbers = [0.5 + i / 64 for i in range(64)]
open("base", "wb").write(struct.pack("<Q", len(header)) + header + struct.pack("<64f", *numbers))
P
run 0 python3 "$reader" dump "$SOURCE/docs/checkpoint-delta.md" base
out_is 8e727f3f4a717ed580b309a518de9e88e5793bad00cde485bff948e21548f48c
run 0 aiops train train.yaml --out run --set steps=15 --set checkpoint.every=5 --set checkpoint.keep=9
run 0 aiops checkpoint push run/step-5 oci:there
run 0 aiops checkpoint push run/step-10 oci:there --delta
run 0 aiops checkpoint push run/step-15 oci:there --delta
run 0 python3 "$reader" artifact there step-15 rebuilt
diff -r run/step-15 rebuilt
