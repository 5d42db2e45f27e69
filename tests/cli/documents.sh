# Every aiops command shown in the README, in the tutorial and in the pages on registries and on benchmark records runs, in order, as it is printed: one directory per document,
# registry.example.com a real registry on loopback, the three minutes of training a small configuration of the same keys.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
. "$SOURCE/tests/prepared.sh"
start_registry plain
for document in README.md docs/tutorial.md docs/registries.md docs/benchmarks.md; do
  rm -rf "$t/here" "$XDG_DATA_HOME" "$XDG_CONFIG_HOME"
  prepare "$t/here"; cd "$t/here"
  cp aiops.key team.key; cp aiops.pub team.pub
  ran=0
  while IFS= read -r command; do
    command=${command//registry.example.com/$registry}
    lacks_library "$command" && continue
    want=0
    case $command in *'# exit '*) want=${command##*# exit } want=${want%% *} ;; esac
    code=0
    timeout 120 bash -c "$command" >"$t/out" 2>"$t/err" </dev/null || code=$?
    [ "$code" = "$want" ] || fail "$document: exit $code, wanted $want: $command: $(tail -n 5 "$t/err")"
    ran=$((ran + 1))
  done < <(grep -oP '^    (\$ )?\K(AIOPS_[A-Z_]*=\S+ )?(aiops|printf|rm) .*' "$SOURCE/$document")
  echo "$document: $ran commands ran"
  [ "$ran" -gt 4 ] || fail "$document shows no commands"
done
