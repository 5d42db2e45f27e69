#!/bin/bash
# An unknown certificate authority is refused, and never answered with plain http; certs.d of the user is trusted.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry token
make_layout "$t/model" 1
run 6 aiops pull "$registry/pub/noise:1" --tls
err_has 'no trusted connection'
err_has 'tls-ca'
! grep -q '"GET' "$registry_log" || ! grep -q aiops "$registry_log" || fail "a request went to an untrusted registry"
run 6 aiops pull "127.0.0.1.nip.invalid:${registry##*:}/pub/noise:1" --retries 0
mkdir -p "$XDG_CONFIG_HOME/containers/certs.d/$registry"
cp "$registry_ca" "$XDG_CONFIG_HOME/containers/certs.d/$registry/ca.crt"
run 5 aiops pull "$registry/pub/noise:1"
run 2 aiops pull "$registry/pub/noise:1" --tls --plain-http
err_has 'contradict'
