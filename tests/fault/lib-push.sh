# Sourced by the tests of pushes: a layout with one layer of $layer_mib MiB (3), and pushes of it to registries that misbehave.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" "${layer_mib:-3}"
layer_file=$t/model.files/part-1.bin
layer=sha256:$(sha256sum "$layer_file" | cut -d' ' -f1) layer_size=$(stat -c %s "$layer_file")
flags=()

# push EXIT OPTION-OR-RULE...: to such a registry; push_again EXIT [NAME]: to the same one. One job, so that rules meet the layer first.
push() { start_fake "${@:2}"; push_again "$1"; }
push_again() { run "$1" aiops push "oci:$t/model:1" "$registry/${2:-m}:1" --jobs 1 --retries 2 -q "${flags[@]}"; }

# asked N METHOD REGEX: so many requests came; METHOD may be A|B.
asked() {
  local n
  n=$(grep -cE "^(CUT [a-z]+ )?($2) [^ ]*$3" "$registry_log" || true)
  [ "$n" = "$1" ] || fail "$n requests $2 $3, wanted $1: $(cat "$registry_log")"
}
# at_most PERCENT: what the registry received is at most so much of the layer.
at_most() {
  local received
  received=$(counted received)
  [ $((received * 100)) -le $((layer_size * $1)) ] || fail "$received bytes came for $layer_size: $(cat "$registry_log")"
}
