#!/bin/bash
# Credential helpers: login stores into the one the auth file names, requests read from it, logout erases; a broken one
# stops writes and warns on reads.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry basic
make_layout "$t/model" 1
tls="--tls-ca $registry_ca"
mkdir -p "$t/bin" "$XDG_CONFIG_HOME/containers"
cat >"$t/bin/docker-credential-box" <<H
#!/bin/bash
input=\$(cat)
case \$1 in
  store) printf %s "\$input" >$t/box ;;
  get) [ -f $t/box ] && cat $t/box || { echo 'credentials not found in native keychain'; exit 1; } ;;
  erase) rm $t/box ;;
esac
H
chmod +x "$t/bin/docker-credential-box"
export PATH=$t/bin:$PATH
auth=$XDG_CONFIG_HOME/containers/auth.json
echo '{"credsStore": "box"}' >"$auth"

run 4 aiops push "oci:$t/model:1" "$registry/noise" $tls # the helper has none: anonymous
run 0 bash -c "echo s3cret | aiops login $registry -u alice --password-stdin $tls"
out_is "logged in to $registry as alice, saved in docker-credential-box"
! grep -q auths "$auth" || fail "the auth file holds credentials beside the helper"
run 0 aiops push "oci:$t/model:1" "$registry/noise" $tls
run 0 aiops logout "$registry"
[ ! -e "$t/box" ] || fail "the helper still has them"

echo '{"credsStore": "gone"}' >"$auth"
run 4 aiops push "oci:$t/model:1" "$registry/noise" $tls
err_has 'docker-credential-gone: it is not installed'
run 4 aiops pull "$registry/noise:1" $tls
err_has 'warning: .*docker-credential-gone.*going on without credentials'
echo '{"credsStore": "../../bin/sh"}' >"$auth"
run 2 aiops push "oci:$t/model:1" "$registry/noise" $tls
err_has 'not the name of a credential helper'
