# A run keeps a text for monitors up to date, and event files where they are asked for.
. "$(dirname "$0")/lib-train.sh"
run 0 aiops train train.yaml --set metrics.openmetrics=aiops.prom --set metrics.tensorboard=true
grep -qx 'aiops_train_step{run="run"} 40' aiops.prom || fail "$(cat aiops.prom)"
grep -qx 'aiops_train_tokens_total{run="run"} 5120' aiops.prom || fail "$(cat aiops.prom)"
grep -q '^aiops_train_validation_loss{run="run"} [0-9.]*$' aiops.prom || fail "no validation loss"
[ "$(tail -n1 aiops.prom)" = '# EOF' ] || fail "the text does not end"
[ -z "$(grep -v -e '^# ' -e '^aiops_train_[a-z_]*{run="run"} [0-9.e+-]*$' aiops.prom)" ] || fail "$(cat aiops.prom)"
ls run/tensorboard/events.out.tfevents.* >/dev/null || fail "no event file"
# A place that cannot be written costs a warning, not the run.
run 0 aiops train train.yaml --out other --set metrics.openmetrics=none/aiops.prom
err_has 'warning: no metrics for monitors: '

# The report is one file with the curves, and -v draws the losses.
grep -q "<svg" run/report.html || fail "no curves in the report"
! grep -q "http" run/report.html || fail "the report wants a network"
run 0 aiops train train.yaml --out drawn -v
err_has "step 1 to 40"
