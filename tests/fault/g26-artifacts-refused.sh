#!/bin/bash
# G26: a registry that takes images only refuses the manifest. The error says so, whatever the status. (A retry as another type of
# artifact would be another manifest with another digest, which no signature covers: it is left to the person.)
. "$(dirname "$0")/lib-push.sh"
for status in 400 403 405 415; do
  case $status in 403) want=4 ;; *) want=1 ;; esac
  push "$want" "artifacts=$status"
  err_has 'it may take images only, and this is an artifact of type application/vnd.cncf.model'
  err_has 'try: push it to a registry that takes OCI artifacts'
done
push 4 'PUT;manifests/1;1;403;body={"errors":[{"code":"DENIED","message":"no quota"}]}' # another reason stays another reason
err_has 'does not allow it: no quota'
