# Each adaptor parses in its shell, shellcheck has nothing to say, and the program prints the very files.
. "$(dirname "$0")/lib_shells.sh"
for pair in bash:aiops.bash zsh:_aiops fish:aiops.fish; do
  file=$COMPLETIONS/${pair#*:}
  run 0 aiops completion "${pair%%:*}"
  cmp "$file" "$t/out"
  command -v "${pair%%:*}" >/dev/null && run 0 "${pair%%:*}" -n "$file"
done
needs shellcheck
run 0 shellcheck --shell=bash "$COMPLETIONS/aiops.bash"
