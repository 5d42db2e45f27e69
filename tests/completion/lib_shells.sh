# Sourced by the tests of this folder: a store with three names, a directory with files of several kinds, and the
# drivers that put one line and a TAB through a shell.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
export COMPLETIONS=$SOURCE/completions DRIVERS=$SOURCE/tests/completion
mkdir -p "$XDG_DATA_HOME/aiops/store" "$t/work/models/tiny" "$t/work/with blank"
entry() { printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%064d","size":2,"annotations":{"org.opencontainers.image.ref.name":"%s"}}' 7 "$1"; }
printf '{"schemaVersion":2,"manifests":[%s,%s,%s]}' "$(entry llama-3:8b)" "$(entry llama-3:70b)" "$(entry mistral:7b)" >"$XDG_DATA_HOME/aiops/store/index.json"
cd "$t/work"
touch train.yaml other.yml notes.txt aiops.key aiops.pub models/tiny/config.json

# The candidates that a shell offers for LINE, one a line.
offers() {
  case $shell in
    bash) bash "$DRIVERS/drive.bash" "$1" ;;
    bare-bash) NO_BASH_COMPLETION=1 bash "$DRIVERS/drive.bash" "$1" ;;
    zsh) zsh -f "$DRIVERS/drive.zsh" "$1" ;;
    fish) fish --no-config "$DRIVERS/drive.fish" "$1" ;;
  esac
}
offered() { offers "$1" >"$t/out" 2>"$t/err" || true; grep -qE -- "$2" "$t/out" || fail "$shell: '$1' does not offer /$2/: $(cat "$t/out" "$t/err")"; }
not_offered() { offers "$1" >"$t/out" 2>"$t/err" || true; ! grep -qE -- "$2" "$t/out" || fail "$shell: '$1' offers /$2/: $(cat "$t/out")"; }

# What every shell must do alike.
common_behaviour() {
  offered 'aiops comp' '^completion'
  not_offered 'aiops comp' '^config'
  offered 'aiops completion z' '^zsh'
  offered 'aiops --output=j' 'json'
  offered 'aiops --output ' '^text'
  offered 'aiops -qo j' '^json'
  offered 'aiops --store mo' '^models'
  offered 'aiops config show ui.c' '^ui\.color'
  offered 'aiops --config tr' '^train\.yaml'
  offered 'aiops --config=tr' 'train\.yaml'
  not_offered 'aiops --config ' 'notes\.txt'
  offered 'aiops help exit' '^exit-codes'
  not_offered 'aiops version ' '.'
  offered 'aiops version --deb' '^--debug'
  offered 'aiops push mi' 'mistral:7b'
  offered 'aiops push llama-3:8' '8b$|8b[[:blank:]]'
  not_offered 'aiops push llama-3:8' '70b'
  offered 'aiops push oci:mod' 'models/'
  offered 'aiops sign mistral:7b --key ' '^aiops\.key'
  not_offered 'aiops sign mistral:7b --key ' 'aiops\.pub|train'
}

# A name that someone else chose, and a line that someone pasted, are text and nothing but text.
nothing_is_evaluated() {
  printf '{"schemaVersion":2,"manifests":[%s,%s]}' "$(entry 'a$(touch\\u0020PWNED)')" "$(entry 'b`touch\\u0020PWNED`')" >"$XDG_DATA_HOME/aiops/store/index.json"
  for line in 'aiops config show $(touch${IFS}PWNED) ' 'aiops --store $(touch${IFS}PWNED) ' 'aiops `touch PWNED` ' \
    "aiops \"\$(touch PWNED)\" " 'aiops --config=$(touch${IFS}PWNED)' 'aiops push ' 'aiops push a' 'aiops push b'; do
    offers "$line" >/dev/null 2>&1 || true
    [ ! -e PWNED ] || fail "$shell ran a command that was being typed: $line"
  done
}
