#!/bin/bash
# G12: PATCH answers 201 or 204, without Location; its Range is absent, stale, prefixed or off by one. Our own count decides.
layer_mib=6
. "$(dirname "$0")/lib-push.sh"
flags=(--chunk-size 2MiB)
for odd in patch-status=201 patch-status=204 upload-range={absent,stale,bytes,minus-one,plus-one}; do
  push 0 "$odd"
  asked 3 PATCH uploads
  at_most 105
done
push 0 keeps no-patch-location
asked 3 PATCH uploads
for code in 200 202 204; do push 0 "put-status=$code"; done

flags=() # after a cut the Range is all there is: believed when it can be true, else the blob starts again
push 0 keeps upload-range=bytes 'PUT;uploads;1;rst;after=4000000'
at_most 105
for odd in absent stale minus-one plus-one; do
  push 0 keeps "upload-range=$odd" 'PUT;uploads;1;rst;after=4000000'
  asked 1 PUT 'manifests/1'
done
