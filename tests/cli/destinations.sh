# push, pull and copy say what went where, take the tag of the source or latest, and refuse a digest that is not the artifact's.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/rig.sh"; . "$SOURCE/tests/model.sh"
start_registry plain
cd "$t"; make_model m; zeros=sha256:$(printf '0%.0s' $(seq 64))
run 0 aiops pack m -t demo:1; digest=$(cat "$t/out")
for verb in push copy; do
  run 2 aiops $verb demo:1 "$registry/$verb@$zeros"; out_empty; err_has "the artifact is $digest, not what"
  run 0 aiops $verb demo:1 "$registry/$verb@$digest"; out_is "$digest $registry/$verb@$digest"
  run 0 aiops $verb "demo@$digest" "$registry/$verb"; out_is "$digest $registry/$verb:latest"
  run 0 aiops inspect "$registry/$verb" -q; out_is "$digest"
done
run 0 aiops copy "demo@$digest" other; out_is "$digest other:latest"; err_has '^copied demo@sha256:.* to other:latest: the [0-9] blobs were there already, in'
run 0 aiops inspect other -q; out_is "$digest"
run 2 aiops copy demo:1 dir:files; err_has 'try: aiops unpack demo:1 -d files'; [ ! -e files ] || fail "files was made"
run 2 aiops pull "$registry/push" -t "other@$zeros"; err_has "the artifact is $digest, not what other@$zeros asks for"
run 2 aiops pull demo:1; err_has 'demo:1 names no registry to pull from'
run 0 aiops pull "$registry/push" -d files --only weights; err_has "^pulled $registry/push into files: 1 file, "
run 0 aiops pull "$registry/push"; out_is "$digest push:latest"; err_has "^pulled $registry/push as push:latest: "
# headers alone are fetched from a registry
run 0 aiops inspect "$registry/push" --tensors; out_is "$(printf 'w\tF32\t[4,4]\t64 B\tmodel.safetensors')"
