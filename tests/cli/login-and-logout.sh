#!/bin/bash
# login asks the registry first, saves for you alone where podman saves; logout forgets; a password is never an argument.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry basic
make_layout "$t/model" 1
auth=$XDG_CONFIG_HOME/containers/auth.json
tls="--tls-ca $registry_ca"

run 4 aiops push "oci:$t/model:1" "$registry/noise" $tls
err_has "aiops login $registry"
run 4 bash -c "echo wrong | aiops login $registry -u alice --password-stdin $tls"
err_has 'does not accept this user and password'
[ ! -e "$auth" ] || fail "a refused login saved something"
run 0 bash -c "echo s3cret | aiops login $registry -u alice --password-stdin $tls"
out_is "logged in to $registry as alice, saved in $auth"
[ "$(stat -c %a "$auth")" = 600 ] || fail "others may read $auth"
run 0 aiops push "oci:$t/model:1" "$registry/noise" $tls --debug
! grep -qE 's3cret|Basic|YWxpY2U6' "$t/err" || fail "the debug log holds credentials"
run 0 aiops pull "$registry/noise:1" $tls -q
out_is "$digest"
run 0 aiops logout "$registry"
out_is "logged out of $registry, removed from $auth"
run 4 aiops pull "$registry/noise:1" $tls
run 0 aiops logout "$registry"
out_is "not logged in to $registry"
run 2 aiops login "$registry" -u alice
err_has 'password-stdin'
