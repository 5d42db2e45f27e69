# kill -9 at 12 random instants of `checkpoint push --delta` (KILLS=100 for more), to a registry and to the store by turns: the
# next push ends with the same artifact, which is rebuilt bit for bit, and the collector finds what the killed ones left.
. "$(dirname "$0")/../cli/lib-train.sh"
. "$SOURCE/tests/rig.sh"
. "$SOURCE/tests/fault/kill.sh"
start_registry plain
run 0 aiops train train.yaml --out run --set steps=10 --set checkpoint.every=5 --set checkpoint.shard=300KiB --set model.hidden_size=128
push() { aiops checkpoint push run/step-10 "$1" --base "$1:step-5" -q; }
round=0
fresh() { # a place with the base alone
  place=$([ $((++round % 2)) = 0 ] && echo "stored$round" || echo "$registry/run$round")
  run 0 aiops checkpoint push run/step-5 "$place"
}
fresh
run 0 push "$place"
digest=$(cat "$t/out")
duration=$(seconds push "$place")
fresh
while until_killed "${KILLS:-12}"; do
  before=$finished
  kill_within "$duration" aiops checkpoint push run/step-10 "$place" --base "$place:step-5" -q
  run 0 aiops store check
  [ "$finished" = "$before" ] && ((RANDOM % 3)) && continue  # some rounds are killed more than once
  run 0 push "$place"
  out_is "$digest"
  run 0 aiops checkpoint pull "$place:step-10" -d "pulled$round"
  diff -r run/step-10 "pulled$round/step-10"
  rm -r "pulled$round"
  fresh
done
run 0 push "$place"
out_is "$digest"
run 0 aiops store gc
[ -z "$(ls -A "$t/data/aiops/store/ingest")" ] || fail "left behind: $(ls -A "$t/data/aiops/store/ingest")"
say_kills
