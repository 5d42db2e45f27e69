# Unpacking: all or nothing, nobody's file is touched, wrong bytes are exit code 3 and leave nothing.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
make_model "$t/m"; cd "$t"
run 0 aiops pack m -t demo:1
run 0 aiops unpack demo:1; out_is demo; diff -r m demo
run 1 aiops unpack demo:1; err_has 'demo/config.json: exists already'; err_has 'try: give --overwrite'
run 0 aiops unpack demo:1 --overwrite
run 0 aiops unpack demo:1 -d some --only config --include '*.json' --exclude 'tok*' -o json
out_has '"files":\["config.json"\]'; [ "$(ls some)" = config.json ] || fail "$(ls some)"
run 5 aiops unpack demo:1 -d none --include '*.nope'; [ ! -e none ] || fail "an empty directory was made"
run 5 aiops unpack demo:2; err_has "demo has no tag '2'"
run 2 aiops unpack demo:1 --only wieghts; err_has 'wieghts'

blob=$(aiops inspect demo:1 -o json | grep -oE '"path":"README.md"[^}]*sha256:[0-9a-f]{64}' | grep -oE '[0-9a-f]{64}')
chmod u+w "$XDG_DATA_HOME/aiops/store/blobs/sha256/$blob"; printf X | dd of="$XDG_DATA_HOME/aiops/store/blobs/sha256/$blob" conv=notrunc status=none
run 3 aiops unpack demo:1 -d broken; err_has 'does not match its digest'; [ ! -e broken ] || fail "a broken model appeared"
[ -z "$(find . -maxdepth 1 -name '.broken*')" ] || fail "staging was left behind"
run 3 aiops unpack demo:1 -d broken -o json; err_has '"reason":"digest-mismatch"'
run 3 aiops store check; out_has "sha256:$blob.does not match its digest.demo:1"; err_has '1 blob broken'
