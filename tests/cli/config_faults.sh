# A broken configuration is named with file, line and column; help, version and completion work all the same.
. "$(dirname "$0")/../lib.sh"
mkdir -p "$XDG_CONFIG_HOME/aiops" "$t/project"; file=$XDG_CONFIG_HOME/aiops/config.yaml
says() { run 2 aiops config show; out_empty; err_has "$1"; }
printf 'ui:\n  color: [\n' >"$file"; says "^aiops: $file:3:1: not valid YAML"
printf 'ui:\n  colour: never\n' >"$file"; says "^aiops: $file:2:3: unknown key 'colour'"; err_has "did you mean 'color'"
printf 'ui:\n  color: blue\n' >"$file"; says "^aiops: $file:2:10: 'ui.color' must be one of auto, always, never"
for words in version 'help config' '--version' 'completion bash' 'config show --help'; do run 0 aiops $words; err_empty; done
rm "$file"; cd "$t/project"
printf 'config:\n  store:\n    path: /tmp/theirs\n' >aiops.yaml
says "aiops.yaml:3:11: a project file may not set 'store.path'"; err_has 'try: .*AIOPS_STORE_PATH'
rm aiops.yaml; AIOPS_UI_PROGRESS=loud says "AIOPS_UI_PROGRESS: 'ui.progress' must be one of auto, plain, none"
