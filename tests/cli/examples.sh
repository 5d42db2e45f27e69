# Every example of every verb runs as it is printed. The examples of one verb run in their order in a fresh copy of one
# prepared directory; registry.example.com becomes a real registry on loopback.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
. "$SOURCE/tests/prepared.sh"
start_registry plain
prepare "$t/prepared"
mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME"; cp -a "$XDG_DATA_HOME" "$t/prepared.data"

aiops __docs examples | python3 -c '
import json, sys
for line in sys.stdin:
    example = json.loads(line)
    print(example["verb"], example["command"].replace("registry.example.com", sys.argv[1]), sep="\t")' "$registry" >"$t/examples"
last='' ran=0 failed=0
while IFS=$'\t' read -r verb command; do
  if [ "$verb" != "$last" ]; then
    rm -rf "$t/here" "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_STATE_HOME"
    cp -a "$t/prepared" "$t/here"; cp -a "$t/prepared.data" "$XDG_DATA_HOME"; cd "$t/here"; last=$verb
  fi
  lacks_library "$command" && continue
  ran=$((ran + 1))
  timeout 120 bash -c "$command" >"$t/out" 2>"$t/err" </dev/null && continue
  echo "FAILED ($?): $command"; tail -n 5 "$t/err"; failed=$((failed + 1))
done <"$t/examples"
echo "$ran examples ran, $failed failed"
[ "$ran" -gt 0 ] && [ "$failed" = 0 ]
