# `aiops __complete` answers with lines and a last line of bits, and never fails: not without a store, not with a
# broken one, not with a broken configuration, not for an adaptor of another protocol.
. "$(dirname "$0")/lib_shells.sh"
answers() { local want=$1; shift; run 0 aiops __complete "$@"; err_empty; [ "$(tail -n1 "$t/out")" = "$want" ] || fail "$*: $(cat "$t/out")"; }
answers :4 ''
out_has $'^completion\tPrint'
answers :4 completion ''
answers :8 --config ''
answers :16 --store ''
answers :4 nonsense --more ''
run 0 aiops __complete; err_empty
mkdir -p "$XDG_CONFIG_HOME/aiops"; echo '{broken: [' >"$XDG_CONFIG_HOME/aiops/config.yaml"
echo '{"manifests":[{"annotations":7},{}' >"$XDG_DATA_HOME/aiops/store/index.json"
answers :4 config show ''
answers :4 '' --
AIOPS_COMPLETE_PROTO=9 answers :1 ''
run 0 bash -c '"$AIOPS" __complete "" | true'
err_empty
