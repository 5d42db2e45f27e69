# What training wrote is signed and pushed without being read again, what was packed is packed again without, and whoever
# distrusts the memory, or finds the file changed, reads.
. "$(dirname "$0")/lib-train.sh"
[ -r /proc/self/io ] || skip "this system does not count what a process reads"
aiops key generate --out key --no-passphrase >/dev/null 2>&1
run 0 aiops train train.yaml --out run --set steps=2 --set model.hidden_size=256 --set eval.batches=1
weights=$(stat -c %s run/model/model.safetensors)
((weights > 4000000)) || fail "too small to tell: $weights"
memory=$t/state/aiops/digests
[ "$(stat -c %a "$memory")" = 600 ] || fail "others may read $memory"
# What a command reads by read(2), itself and its children.
reads() { bash -c '"$@" >"$0.out" 2>"$0.err" || exit; sed -n "s/^rchar: //p" /proc/$$/io' "$t/counted" "$@"; }
few() { local n; n=$(reads "$@"); echo "$n bytes: $*"; ((n > 0 && n < 1000000)) || fail "$n bytes were read by: $* $(cat "$t/counted.err")"; }
many() { local n; n=$(reads "$@"); echo "$n bytes: $*"; ((n >= weights)) || fail "only $n bytes were read by: $*"; }

few aiops sign ./run/model --key key.key
run 0 aiops verify ./run/model --key key.pub
many aiops verify ./run/model --key key.pub  # a verdict rests on no memory
many aiops sign ./run/model --key key.key --rehash
many env AIOPS_DIGESTS_REHASH=true aiops sign ./run/model --key key.key
rm run/model/model.sig
many aiops pack run/model -t m:1             # the store has no such bytes yet: read once, and stored
few aiops pack run/model -t m:2
run 0 aiops inspect m:1 -q
first=$(cat "$t/out")
run 0 aiops inspect m:2 -q
out_is "$first"
many aiops pack run/model -t m:3 --rehash
run 0 aiops checkpoint push run oci:there:1 --sign key.key
few aiops checkpoint push run oci:there:2 --sign key.key  # known blobs
few aiops sign ./run/step-2 --key key.key --signature step.sig

# A file in another state is read, whoever set its times back.
cp -p run/model/model.safetensors kept
printf x | dd of=run/model/model.safetensors bs=1 seek=4000 conv=notrunc status=none
touch -r kept run/model/model.safetensors
many aiops sign ./run/model --key key.key
run 0 aiops verify ./run/model --key key.pub
rm run/model/model.sig

# A memory that lies, with everything else right: no byte gets into the store under a digest that is not its own.
run 0 aiops pack run/model -t m:4 --rehash
truth=$(cat "$t/out")
run 0 aiops rm m:1 m:2 m:3 m:4
run 0 aiops store gc
python3 - "$memory" run/model/model.safetensors <<'P'
import hashlib, os, sys
stat = os.stat(sys.argv[2])
line = (f"1 {stat.st_dev} {stat.st_ino} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ctime_ns + 10**9} "
        f"sha256:{'0' * 64} ")
open(sys.argv[1], "a").write(line + hashlib.sha256(line.encode()).hexdigest()[:16] + "\n")
P
sleep 1.1
run 0 aiops pack run/model -t m:5
out_is "$truth"
err_has 'model.safetensors: its bytes are not those that were hashed earlier'
run 0 aiops store check

# Garbage, and what others may write, says nothing.
head -c 5000 /dev/urandom >"$memory"
many aiops sign ./run/model --key key.key
few aiops sign ./run/model --key key.key
chmod 666 "$memory"
many aiops sign ./run/model --key key.key
