# An output goes where its name leads: links are followed, FIFOs and devices take the bytes and stay what they are.
# The device is one of the test's own: a fault here must not replace /dev/full.
. "$(dirname "$0")/lib-train.sh"
mkdir far; echo old >far/tok.json; ln -s far/tok.json near; ln -s far/made dangling; ln -s far dir; mkfifo fifo
train() { run "$1" aiops tokenizer train corpus.txt --vocab-size 300 --out "$2"; }
train 0 plain; train 0 near; train 0 dangling
cmp plain far/tok.json; cmp plain far/made
[ -L near ] && [ -L dangling ] || fail "a link was replaced"
timeout 60 cat fifo >through & reader=$!
train 0 fifo; wait "$reader"
cmp plain through
[ -p fifo ] || fail "the FIFO was replaced"
train 1 dir; err_has 'dir: Is a directory'
[ "$(ls far | xargs)" = 'made tok.json' ] || fail "left: $(ls -A far)"

# Predictions, a monitor's file, an export and an archive.
labelled weather.jsonl
ln -s far/run.prom run.prom
run 0 aiops train train-labels.yaml --set metrics.openmetrics=run.prom
[ -L run.prom ] && grep -q '^# EOF' far/run.prom || fail "no metrics where the link leads"
run 0 aiops train train-labels.yaml --out other --set steps=2 --set metrics.openmetrics=fifo # which nobody reads
err_has 'no metrics for monitors: .*fifo: '
ln -s far/said said
run 0 aiops eval run/model --data weather.jsonl --predictions said
[ -L said ] && [ "$(wc -l <far/said)" = 90 ] || fail "no predictions where the link leads"
ln -s far/out out-link
run 0 aiops checkpoint export run/model --format hf --out out-link
[ -L out-link ] && [ -e far/out/config.json ] || fail "no model where the link leads"
run 2 aiops checkpoint export run/model --format hf --out fifo; err_has 'fifo: is no regular file, and is not replaced'
ln -s far/m.tar m.tar
run 0 aiops pack run/model -t archive:m.tar:1
[ -L m.tar ] && tar tf far/m.tar | grep -q oci-layout || fail "no archive where the link leads"
run 2 aiops pack run/model -t archive:fifo:1; err_has 'fifo: is no regular file'
[ -p fifo ] || fail "the FIFO was replaced"
run 0 aiops key generate --out k --no-passphrase
ln -s far/s.sig s.sig
run 0 aiops sign ./run/model --key k.key --signature s.sig
[ -L s.sig ] && [ -s far/s.sig ] || fail "no signature where the link leads"
# A link in a model, which may be somebody's trap, is followed for nobody who did not name it.
echo mine >mine; ln -s "$t/mine" run/model/model.sig
run 1 aiops sign ./run/model --key k.key
[ "$(cat mine)" = mine ] || fail "a planted link was followed"

if [ "$(id -u)" = 0 ] && mknod full c 1 7 2>/dev/null && : 2>/dev/null >full; then
  run 1 aiops eval run/model --data weather.jsonl --predictions full; err_has 'full: No space left on device'
  train 1 full; err_has 'full: No space left on device'
  [ -c full ] || fail "the device was replaced"
fi
