# Differences that cannot be made, and artifacts that cannot be rebuilt, or claim what does not hold: one line, and nothing left.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops train train.yaml --out run --set steps=10 --set checkpoint.every=5 --set checkpoint.keep=9
run 0 aiops checkpoint push run/step-5 oci:there:one
one_line() { [ "$(grep -cv '^  try: ' "$t/err")" = 1 ] || fail "more than a line: $(cat "$t/err")"; }
run 5 aiops checkpoint push run/step-10 oci:there --base oci:there:none
one_line
run 2 aiops checkpoint push run/step-10 oci:there --base oci:elsewhere:one
err_has 'lies elsewhere than oci:there'
one_line
run 2 aiops checkpoint push run/step-10 oci:there --delta --chain 17
run 2 aiops checkpoint push run/step-10 oci:there --delta --chain 0
run 0 aiops pack run/model -t oci:there:model
run 1 aiops checkpoint push run/step-10 oci:there --base oci:there:model
err_has 'not a checkpoint'
run 5 aiops inspect oci:there:step-10

run 0 aiops checkpoint push run/step-10 oci:there --base oci:there:one
run 1 aiops generate oci:there:step-10 Hello
err_has 'holds differences, which cannot be read in place'
err_has 'aiops checkpoint pull oci:there:step-10'
run 1 aiops checkpoint diff run/step-5 oci:there:step-10
nothing_left() { [ -z "$(ls -A "$1" | grep -v '^\.fetch\.lock$')" ] || fail "left in $1: $(ls -A "$1")"; }
digest_of() { # KIND: of the first blob of this media type
  aiops inspect oci:there:step-10 --manifest | python3 -c 'import json, sys
print(next(l["digest"] for l in json.load(sys.stdin)["layers"] if l["mediaType"].endswith(sys.argv[1]))[7:])' "$1"
}
base=$(digest_of delta.base.v1) delta=$(digest_of delta.v1)

mv "there/blobs/sha256/$base" base
run 5 aiops checkpoint pull oci:there:step-10 -d pulled
err_has 'which a difference needs, is gone'
nothing_left pulled
cp -r run run2
rm -r run2/step-10
run 0 aiops checkpoint pull oci:there:step-10 -d run2  # its base is here
diff -r run/step-10 run2/step-10
mv base "there/blobs/sha256/$base"

cp "there/blobs/sha256/$delta" delta
flip() { python3 -c 'import sys
data = bytearray(open("delta", "rb").read()); data[int(sys.argv[2])] ^= 0x41; open(sys.argv[1], "wb").write(data)' "there/blobs/sha256/$delta" "$1"; }
for place in 8 16 24 56 88 92 96 400 -1; do
  flip $place
  code=0
  aiops checkpoint pull oci:there:step-10 -d pulled >"$t/out" 2>"$t/err" || code=$?
  case $code in 1 | 3) ;; *) fail "exit $code with byte $place flipped: $(cat "$t/err")" ;; esac
  one_line
  nothing_left pulled
done
cp delta "there/blobs/sha256/$delta"
run 0 aiops checkpoint pull oci:there:step-10 -d pulled
diff -r run/step-10 pulled/step-10

# A file that has changed since it was written does not become a difference, and a changed parent is none to take one to.
cp -r run changed
printf x | dd of=changed/step-10/model.safetensors bs=1 seek=3000 conv=notrunc status=none
run 3 aiops checkpoint push changed/step-10 oci:there:changed --delta
err_has 'model.safetensors: its bytes do not match its digest'
cp -r run parent
printf x | dd of=parent/step-5/model.safetensors bs=1 seek=3000 conv=notrunc status=none
run 0 aiops checkpoint push parent/step-10 oci:there:sound --base oci:there:one
run 0 aiops checkpoint pull oci:there:sound -d sound
diff -r run/step-10 sound/step-10
