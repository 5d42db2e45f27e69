# In a real readline, TAB leaves the line as a person would have typed it: colons, equal signs, slashes, blanks and quotes.
. "$(dirname "$0")/lib_shells.sh"
needs python3
while IFS='|' read -r typed left; do
  lines+=("$typed")
  printf '%s\n' "${left%.}" >>"$t/want" # the dot shows a blank at the end
done <<'E'
aiops compl|aiops completion .
aiops --output=j|aiops --output=json .
aiops --store mo|aiops --store models/
aiops --store models/t|aiops --store models/tiny/
aiops --store wi|aiops --store with\ blank/
aiops --config oth|aiops --config other.yml .
aiops config show ui.col|aiops config show ui.color .
aiops push mi|aiops push mistral:7b .
aiops push llama-3:8|aiops push llama-3:8b .
aiops push "llama-3:8|aiops push "llama-3:8b" .
aiops push oci:mod|aiops push oci:models/
aiops sign ll --key aiops.k|aiops sign ll --key aiops.key .
aiops push <tr|aiops push <train.yaml .
aiops config show $(touch${IFS}PWNED) ui.col|aiops config show $(touch${IFS}PWNED) ui.color .
E
run 0 python3 "$DRIVERS/readline.py" "${lines[@]}"
diff -u "$t/want" "$t/out" || fail "readline left other lines"
[ ! -e PWNED ] || fail "readline ran a command that was being typed"
