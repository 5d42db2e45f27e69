# Started without standard streams, no file of ours takes their place: nothing that is said ends in a file that is kept.
. "$(dirname "$0")/lib-train.sh"
aiops train train.yaml 2>&- >"$t/out" || fail "exit $? without standard error"
out_has '^run/model: step 40'
[ ! -s run/.lock ] || fail "the talk was written into run/.lock: $(cat run/.lock)"
got=0; aiops train train.yaml --out again >&- 2>"$t/err" || got=$?
[ $got = 1 ] || fail "exit $got without standard output, wanted 1"
err_has 'cannot write to standard output: Bad file descriptor'
cmp run/model/model.safetensors again/model/model.safetensors
got=0; aiops generate run/model <&- 2>"$t/err" || got=$?
[ $got = 1 ] || fail "exit $got without standard input, wanted 1"
err_has 'cannot read standard input'
