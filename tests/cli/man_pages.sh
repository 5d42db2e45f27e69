# Every man page is clean roff, and the program's own page names every verb.
. "$(dirname "$0")/../lib.sh"
run 0 aiops __docs man "$t/man"; out_empty
needs groff
for page in "$t"/man/*.1; do
  run 0 groff -man -Tutf8 -ww "$page"; err_empty
  for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS'; do grep -qx ".SH $section" "$page" || fail "$page lacks $section"; done
done
if command -v man >/dev/null; then run 0 man --warnings -l "$t/man/aiops.1"; err_empty; fi
for verb in $(aiops __complete '' | cut -f1 | grep -v '^:'); do [ -f "$t/man/aiops-$verb.1" ] || fail "no page for $verb"; done
aiops __docs man "$t/again"; diff -r "$t/man" "$t/again"
