# What is installed, and where: the program, a man page for each verb, the three adaptors, licence and reference.
. "$(dirname "$0")/../lib.sh"
[ -f "$BUILD/man/stamp" ] || skip "the man pages are not built: build the target 'all'"
run 0 env DESTDIR="$t/root" cmake --install "$BUILD" --prefix /usr
cd "$t/root/usr"
for file in bin/aiops share/man/man1/aiops.1 share/man/man1/aiops-config-show.1 share/doc/aiops/LICENSE \
  share/doc/aiops/reference/README.md; do [ -f "$file" ] || fail "$file is not installed"; done
zsh=$(sed -n 's/^AIOPS_ZSH_COMPLETION_DIR:[A-Z]*=//p' "$BUILD/CMakeCache.txt")
cmp "$SOURCE/completions/aiops.bash" share/bash-completion/completions/aiops
cmp "$SOURCE/completions/_aiops" "$zsh/_aiops"
cmp "$SOURCE/completions/aiops.fish" share/fish/vendor_completions.d/aiops.fish
run 0 bin/aiops --version
[ ! -f "$BUILD/libaiops_cuda.so" ] || { run 0 bin/aiops device; out_has "^  plug-in +aiops .*/usr/lib/aiops/libaiops_cuda.so$"; }
