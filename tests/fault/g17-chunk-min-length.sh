#!/bin/bash
# G17: OCI-Chunk-Min-Length above our piece, absurd or junk: as large as asked, at most the blob.
layer_mib=6
. "$(dirname "$0")/lib-push.sh"
flags=(--chunk-size 1MiB)
push 0 min-chunk=2097152
asked 3 PATCH uploads
push 0 min-chunk=1099511627776
asked 0 PATCH uploads
for junk in -1 99999999999999999999999 'many bytes' 0; do
  push 0 "min-chunk=$junk"
  asked 6 PATCH uploads
done
push 0 min-chunk=1099511627776 put-limit=2000000:nginx patch-limit=2000000:nginx # both cannot be had
asked 6 PATCH 'uploads/[^ ]* 202'
