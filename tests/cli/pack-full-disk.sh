# A full disk is one clear line; the store stays whole, and with room again the same command completes.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
[ "$(id -u)" = 0 ] || skip "mounting a small file system needs root"
mkdir "$t/small"
mount -t tmpfs -o size=4m tmpfs "$t/small" 2>/dev/null || skip "mounting is not possible here"
at_exit 'umount -l "$t/small"'
make_model "$t/m"; head -c 3000000 /dev/urandom >"$t/m/a.onnx"; head -c 3000000 /dev/urandom >"$t/m/b.onnx"
run 1 aiops --store "$t/small/s" pack "$t/m" -t x:1; err_has 'No space left on device'; err_has 'try: free some disk space'
run 0 aiops --store "$t/small/s" store check
run 0 aiops --store "$t/small/s" ls; out_empty
run 0 aiops --store "$t/small/s" store gc
mount -o remount,size=16m "$t/small"
run 0 aiops --store "$t/small/s" pack "$t/m" -t x:1
mkdir "$t/tiny"; mount -t tmpfs -o size=4m tmpfs "$t/tiny"; at_exit 'umount -l "$t/tiny"'
run 1 aiops --store "$t/small/s" unpack x:1 -d "$t/tiny/out"; err_has 'No space left on device'
[ -z "$(ls -A "$t/tiny")" ] || fail "a failed unpack left $(ls -A "$t/tiny")"
