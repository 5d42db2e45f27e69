#!/bin/bash
# G18: 500, 502, 504 or no answer to the closing PUT, perhaps after the commit. The blob is looked for before anything is sent again.
. "$(dirname "$0")/lib-push.sh"
for action in then-500 then-502 then-503 then-504 vanish; do
  push 0 "PUT;uploads;1;$action"
  asked 1 PUT "uploads/.*${layer#*:}"
done
push 0 'PUT;uploads;1;502;body=<html>bad gateway</html>' # and this one was not kept
asked 2 PUT "uploads/.*${layer#*:}"
push 0 'PUT;uploads;1;html' # a 200 that is none
asked 2 PUT "uploads/.*${layer#*:}"
push 6 'PUT;uploads;*;504'
err_has 'answered 504'
flags=(--chunk-size 1MiB)
push 0 keeps 'PUT;uploads;1;502' # the pieces are there: only the PUT is repeated
asked 3 PATCH uploads
