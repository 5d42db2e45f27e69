#!/bin/bash
# G13: the session is not known any more. The blob starts again in a new one; in the end the cause is told.
. "$(dirname "$0")/lib-push.sh"
for code in BLOB_UPLOAD_INVALID BLOB_UPLOAD_UNKNOWN; do
  push 0 "PUT;uploads;1;404;body={\"errors\":[{\"code\":\"$code\"}]}"
  asked 2 PUT "uploads/.*${layer#*:}"
done
push 0 'PUT;uploads;1;404;body={"errors":[{"code":"UNKNOWN","message":"s3aws: Path not found: /x"}]}'
push 6 'PUT;uploads;*;404;body={"errors":[{"code":"BLOB_UPLOAD_INVALID","message":"blob upload invalid"}]}'
err_has 'blob upload invalid, after 3 upload sessions'
asked 3 PUT "uploads/.*${layer#*:}"
flags=(--chunk-size 1MiB)
push 0 'PATCH;uploads;1+1;404;body={"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}'
asked 5 PATCH uploads
