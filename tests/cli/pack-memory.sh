# Packing and unpacking 256 MiB stays under 64 MiB resident.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
[ -x /usr/bin/time ] || skip "/usr/bin/time is not installed"
make_model "$t/m"; truncate -s 256M "$t/m/big.onnx"
resident() { /usr/bin/time -f %M -o "$t/kib" "$@" >/dev/null 2>&1; [ "$(tail -1 "$t/kib")" -lt 65536 ] || fail "$* took $(tail -1 "$t/kib") KiB"; }
resident "$AIOPS" pack "$t/m" -t big:1
resident "$AIOPS" pack "$t/m" -t "archive:$t/big.tar:1"
resident "$AIOPS" unpack big:1 -d "$t/out"
resident "$AIOPS" unpack "archive:$t/big.tar:1" -d "$t/out2"
resident "$AIOPS" store check
cmp "$t/m/big.onnx" "$t/out/big.onnx"
