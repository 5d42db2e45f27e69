#!/bin/bash
# G2: a connection cut in the middle of an upload. Where the registry keeps bytes the rest is sent, else that blob again; others stay.
layer_mib=12
. "$(dirname "$0")/lib-push.sh"
for way in rst fin; do
  push 0 keeps "PUT;uploads;1;$way;after=8000000"
  at_most 105
  push 0 keeps "PUT|PATCH;uploads;4;$way;after=2000000" # more cuts than retries: progress refills the budget
  at_most 110
  push 0 "PUT;uploads;1;$way;after=2000000"
  asked 2 PUT "uploads/.*${layer#*:}"
  at_most 130
done
flags=(--chunk-size 3MiB)
push 0 keeps 'PATCH;uploads;1+1;rst;after=1000000'
at_most 105
push 0 'PATCH;uploads;1+1;rst;after=1000000' # a session that is cut inside a chunk is gone: all four again
asked 6 PATCH uploads
at_most 150
