# No colour in a pipe; --color, NO_COLOR, CLICOLOR_FORCE, CLICOLOR and TERM in that order.
. "$(dirname "$0")/../lib.sh"
esc=$(printf '\033')
plain() { run 2 env "$@" aiops nonsense-verb; ! grep -q "$esc" "$t/err" || fail "coloured: $*"; }
coloured() { run 2 env "$@" aiops nonsense-verb; err_has "^${esc}\[1;31maiops:${esc}\[0m unknown"; }
plain TERM=xterm
coloured TERM=xterm CLICOLOR_FORCE=1
coloured TERM=xterm AIOPS_FORCE_TTY=1
plain TERM=xterm AIOPS_FORCE_TTY=1 NO_COLOR=1
plain TERM=xterm AIOPS_FORCE_TTY=1 CLICOLOR=0
plain TERM=dumb AIOPS_FORCE_TTY=1
plain TERM=xterm CLICOLOR_FORCE=1 NO_COLOR=1
run 0 env TERM=xterm AIOPS_FORCE_TTY=1 aiops help; out_has "$esc\["
run 0 env TERM=xterm AIOPS_FORCE_TTY=1 aiops help --color never; ! grep -q "$esc" "$t/out" || fail "--color never colours"
run 0 env TERM=xterm aiops --color always help; out_has "$esc\["
