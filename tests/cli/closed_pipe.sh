# A reader that went away is no failure; a full disk is.
. "$(dirname "$0")/../lib.sh"
set +o pipefail
aiops help environment 2>"$t/err" | true; got=${PIPESTATUS[0]}; [ "$got" = 0 ] || fail "exit $got"
err_empty
aiops --help 2>"$t/err" | head -n1 >/dev/null; got=${PIPESTATUS[0]}; [ "$got" = 0 ] || fail "exit $got"
err_empty
[ -w /dev/full ] || skip "no /dev/full here"
got=0; aiops version >/dev/full 2>"$t/err" || got=$?
[ $got = 1 ] || fail "exit $got on a full disk"
err_has 'cannot write to standard output: No space left on device'
