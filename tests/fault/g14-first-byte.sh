#!/bin/bash
# G14: 416 "First byte of the layer part is 0 instead of N" (ECR). A new session, never byte 0 on the old one.
. "$(dirname "$0")/lib-push.sh"
said='416;body={"errors":[{"code":"BLOB_UPLOAD_INVALID","message":"First byte of the layer part is 0 instead of 1048576"}]}'
push 0 keeps "PUT;uploads;1;$said"
asked 3 POST uploads # the config has one, too
flags=(--chunk-size 1MiB)
for code in BLOB_UPLOAD_INVALID RANGE_INVALID; do
  push 0 keeps "PATCH;uploads;1+1;${said/BLOB_UPLOAD_INVALID/$code}"
  sessions=$(grep -E '^PATCH .*content-range=0-' "$registry_log" | cut -d' ' -f2 | sort | uniq -d)
  [ -z "$sessions" ] || fail "byte 0 went twice to one session: $(cat "$registry_log")"
done
