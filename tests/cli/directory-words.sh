# Where a directory or a reference may be named, what begins as only a path can is no bad reference: it is not there
# (exit code 5), or it may not be read (4). Root reads everything, so root becomes nobody for the latter.
. "$(dirname "$0")/lib-train.sh"
run 5 aiops generate ./nope hi; err_has '^aiops: ./nope: No such file or directory'
run 5 aiops generate ./nope.gguf hi
run 5 aiops checkpoint ls "$t/nope"; out_empty; err_has 'nope: No such file or directory'
run 5 aiops checkpoint ls dir:nope; out_empty
run 5 aiops lineage ../nope
run 5 aiops checkpoint diff ./nope ./nope
run 5 aiops train train.yaml --resume ./nope
echo x >file
run 2 aiops generate ./file hi # it is there, and names no model
run 2 aiops generate nope/X hi; err_has 'bad reference'

as=()
mkdir shut empty
if [ "$(id -u)" = 0 ]; then
  needs setpriv
  chmod 755 "$t"; chown 65534:65534 shut; chown -R 65534:65534 "$HOME"
  as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  "${as[@]}" "$AIOPS" --version >/dev/null 2>&1 || skip "another user cannot run $AIOPS here"
fi
mkdir -p shut/model/step-1
chmod 000 shut
for place in "$t/shut" ./shut shut dir:shut; do
  run 4 "${as[@]}" "$AIOPS" checkpoint ls "$place"; out_empty; err_has 'shut: Permission denied'
done
run 4 "${as[@]}" "$AIOPS" generate "$t/shut" hi
for place in "$t/shut/model" ./shut/model; do
  run 4 "${as[@]}" "$AIOPS" generate "$place" hi; err_has 'shut/model: Permission denied'
  run 4 "${as[@]}" "$AIOPS" checkpoint ls "$place"
  run 4 "${as[@]}" "$AIOPS" lineage "$place"
done
run 0 "${as[@]}" "$AIOPS" checkpoint ls ./empty
