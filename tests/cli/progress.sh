# In a log, progress is whole lines; on a terminal one line is redrawn; --progress none is silent. The answer is the same.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
start_proxy slow "$registry" 2000000
make_layout "$t/model" 3
escape=$(printf '\033')
push() { run 0 env TERM=xterm "$@"; out_has "$digest"; ! grep -q "[$escape]" "$t/out" || fail "progress on stdout"; }
push aiops push "oci:$t/model:1" "$proxy/log"
err_has '100%.*MiB / .*MiB'; ! grep -qE "[$escape]|$(printf '\r')" "$t/err" || fail "a log was redrawn"
push aiops push "oci:$t/model:1" "$proxy/none" --progress none
! grep -q '%' "$t/err" || fail "--progress none shows progress"
push env AIOPS_FORCE_TTY=1 AIOPS_FORCE_COLUMNS=60 NO_COLOR=1 aiops push "oci:$t/model:1" "$proxy/tty"
grep -q "$escape\[K" "$t/err" || fail "no line was redrawn"
push env AIOPS_FORCE_TTY=1 NO_COLOR=1 aiops push "oci:$t/model:1" "$proxy/plain" --progress plain
! grep -q "$escape" "$t/err" || fail "--progress plain redraws"
