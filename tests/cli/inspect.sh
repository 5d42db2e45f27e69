# inspect reads every kind of place alike, and of the weights only their headers.
. "$(dirname "$0")/../lib.sh"; . "$SOURCE/tests/model.sh"
make_model "$t/m"
run 0 aiops pack "$t/m" -t demo:1 -t "oci:$t/l:1" -t "archive:$t/a.tar:1"; digest=$(cat "$t/out")
for ref in demo:1 "oci:$t/l:1" "archive:$t/a.tar:1" "demo@$digest"; do
  run 0 aiops inspect "$ref" -q; out_is "$digest"
  run 0 aiops inspect "$ref"; out_has '^parameters +0.1K'; out_has '^licences +Apache-2.0'; out_has 'weights  .* model.safetensors$'
  run 0 aiops inspect "$ref" --manifest; [ "sha256:$(sha256sum <"$t/out" | cut -d' ' -f1)" = "$digest" ] || fail "the bytes of $ref differ"
  run 0 aiops inspect "$ref" --tensors; out_is "$(printf 'w\tF32\t[4,4]\t64 B\tmodel.safetensors')"
  run 0 aiops inspect "$ref" --referrers; out_empty
done
run 2 aiops inspect demo:1 --tensors --manifest; err_has 'exclude each other'
run 5 aiops inspect nope:1; out_empty; err_has 'there is no nope:1 in the store'
run 5 aiops inspect "oci:$t/none:1"; err_has 'none'
run 2 aiops inspect "dir:$t/m"; err_has 'plain files'
