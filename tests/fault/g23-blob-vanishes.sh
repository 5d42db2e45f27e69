#!/bin/bash
# G23: MANIFEST_BLOB_UNKNOWN right after the upload (a collector, eventual consistency). The missing blob is sent again, once.
. "$(dirname "$0")/lib-push.sh"
push 0 checks-blobs "PUT;uploads/.*${layer#*:};1;lose"
asked 2 PUT "uploads/.*${layer#*:}"
asked 2 PUT manifests/1
push 0 'PUT;manifests/1;1;404;body={"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown to registry"}]}'
asked 1 PUT "uploads/.*${layer#*:}" # it was there after all
push 1 checks-blobs "PUT;uploads/.*${layer#*:};*;lose"
err_has "misses a blob of it"
asked 2 PUT "uploads/.*${layer#*:}"
