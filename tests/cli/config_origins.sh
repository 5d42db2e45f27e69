# A flag beats the environment, that beats the project, that beats the user's file, that beats the default; and
# `config show --origin` says which it was.
. "$(dirname "$0")/../lib.sh"
mkdir -p "$XDG_CONFIG_HOME/aiops" "$t/project/.git" "$t/project/deep"
cd "$t/project/deep"
origin() { run 0 aiops config show ui.color --origin; err_empty; out_is "ui.color	$1	$2"; }
origin auto default
printf 'ui:\n  color: never\n' >"$XDG_CONFIG_HOME/aiops/config.yaml"
origin never "$XDG_CONFIG_HOME/aiops/config.yaml:2:10"
printf 'name: demo\nconfig:\n  ui:\n    color: always\n' >"$t/project/aiops.yaml"
origin always "$t/project/aiops.yaml:4:12"
export AIOPS_UI_COLOR=auto
origin auto 'environment AIOPS_UI_COLOR'
unset AIOPS_UI_COLOR
printf 'ui: {color: always}\n' >"$t/mine.yaml"; rm "$t/project/aiops.yaml"
run 0 aiops --config "$t/mine.yaml" config show ui.color --origin; out_is "ui.color	always	$t/mine.yaml:1:13"
run 0 aiops config show -o json store.path; out_is "{\"settings\":[{\"key\":\"store.path\",\"value\":\"$XDG_DATA_HOME/aiops/store\",\"origin\":\"default\"}]}"
run 2 aiops config show ui.colour; err_has "did you mean 'ui.color'"
