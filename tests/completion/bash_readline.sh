# In a real readline, TAB leaves the line as a person would have typed it: colons, equal signs, slashes and blanks.
. "$(dirname "$0")/lib_shells.sh"
needs python3
line() { local got; got=$(python3 "$DRIVERS/readline.py" "$1"); [ "$got" = "$2" ] || fail "'$1' became '$got', wanted '$2'"; }
line 'aiops compl' 'aiops completion '
line 'aiops --output=j' 'aiops --output=json '
line 'aiops --store mo' 'aiops --store models/'
line 'aiops --store models/t' 'aiops --store models/tiny/'
line 'aiops --config oth' 'aiops --config other.yml '
line 'aiops --store wi' 'aiops --store with\ blank/'
line 'aiops config show ui.col' 'aiops config show ui.color '
if aiops inspect --help >/dev/null 2>&1; then
  line 'aiops inspect mi' 'aiops inspect mistral:7b '
  line 'aiops inspect llama-3:8' 'aiops inspect llama-3:8b '
  line 'aiops inspect oci:mod' 'aiops inspect oci:models/'
fi
python3 "$DRIVERS/readline.py" 'aiops config show $(touch${IFS}PWNED) ui' >/dev/null
[ ! -e PWNED ] || fail "readline ran a command that was being typed"
