#!/bin/bash
# G7: the answer to Expect: 100-continue never comes, comes twice, or is 417. The body goes anyway, once.
. "$(dirname "$0")/lib-push.sh"
for how in never twice 417; do
  push 0 "continue=$how"
  grep -q "^PUT .*uploads/.* expects" "$registry_log" || fail "nobody expects a 100: $(cat "$registry_log")"
  at_most 105
done
