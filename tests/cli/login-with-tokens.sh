#!/bin/bash
# Bearer tokens: anonymous where the realm allows it, ours after login, renewed when one dies early, never in a log.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry token -57 300 # said to live for 300 s, refused after 3 s
make_layout "$t/model" 1
tls="--tls-ca $registry_ca"

run 4 aiops push "oci:$t/model:1" "$registry/pub/noise" $tls
run 4 bash -c "echo wrong | aiops login $registry -u alice --password-stdin $tls"
err_has 'refused the credentials'
run 0 bash -c "echo s3cret | aiops login $registry -u alice --password-stdin $tls"
run 0 aiops push "oci:$t/model:1" "$registry/pub/noise" $tls --debug
! grep -qE 's3cret|Bearer|YWxpY2U6|eyJ' "$t/err" || fail "the debug log holds a secret"
run 0 aiops copy "$registry/pub/noise:1" "$registry/own/noise:1" $tls -o json
out_has '"bytes_sent":0'

make_layout "$t/long" 8
start_proxy slow "$registry" 2000000 # 8 MiB take longer than the token lives
sed -i "s/$registry/$proxy/" "$XDG_CONFIG_HOME/containers/auth.json"
run 0 aiops push "oci:$t/long:1" "$proxy/own/long" $tls --jobs 1 -q
out_is "$digest"
run 0 aiops logout "$proxy"
run 0 aiops pull "$registry/pub/noise:1" $tls -q
run 4 aiops pull "$registry/own/noise:1" $tls
err_has "aiops login $registry"
