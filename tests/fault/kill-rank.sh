#!/bin/bash
# kill -9 one of two ranks at ten random instants: all end with one clear line, what is called step-N is whole, and the run that
# goes on ends with the bits of one that nobody killed.
. "$(dirname "$0")/../cli/lib-train.sh"
needs pgrep
train=(aiops train train.yaml --ranks 2 --set batch.rows=2 --set steps=300 --set checkpoint.every=10 --set eval.every=0)
run 0 "${train[@]}" --out whole
for i in $(seq 10); do
  "${train[@]}" --out killed >"$t/out" 2>"$t/err" & pid=$!
  sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
  mapfile -t ranks < <(pgrep -P $pid)
  code=0
  [ ${#ranks[@]} = 2 ] && kill -KILL "${ranks[$((i % 2))]}" 2>/dev/null || true
  wait $pid || code=$?
  for rank in "${ranks[@]}"; do ! kill -0 "$rank" 2>/dev/null || fail "a rank stays"; done
  case $code in
    0) ;;
    1) err_has "^aiops: rank [01] was killed by SIGKILL"
       [ "$(grep -c '^aiops:' "$t/err")" = 1 ] || fail "not one line: $(cat "$t/err")" ;;
    *) fail "exit $code: $(cat "$t/err")" ;;
  esac
done
run 0 "${train[@]}" --out killed
cmp whole/model/model.safetensors killed/model/model.safetensors || fail "other bits after kills"
