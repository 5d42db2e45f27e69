#!/bin/bash
# G10: certificates nobody vouches for, expired, for another host, and a wanted client certificate: refused by name, never http.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
start_fake tls
certs=$XDG_CONFIG_HOME/containers/certs.d
reach() { run "$1" aiops tags "$registry/m" --tls --retries 3 "${@:2}"; }
denied() { ! grep -q '^GET' "$registry_log" || fail "asked all the same: $(cat "$registry_log")"; }
reach 6
err_has 'no trusted connection to localhost:[0-9]+: .*certificate'
denied
mkdir -p "$certs/$registry"
cp "$registry_ca" "$certs/$registry/ca.crt"
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q # and the certificate makes it https
run 0 aiops tags "$registry/m"

other() { # SUBJECT DAYS: another certificate of the same authority
  mkdir -p "$t/$1"
  cp "$rig/srv.key" "$t/$1"
  printf 'subjectAltName=DNS:%s\n' "$1" >"$t/$1/ext"
  openssl x509 -req -in "$rig/srv.csr" -CA "$rig/ca.crt" -CAkey "$rig/ca.key" -CAcreateserial -days "$2" -extfile "$t/$1/ext" \
    -out "$t/$1/srv.crt" 2>"$t/openssl.log" || fail "$(cat "$t/openssl.log")"
  start_fake "tls=$t/$1"
}
other example.com 30
reach 6 --tls-ca "$registry_ca"
err_has "does not match|no alternative"
denied
other localhost -1
reach 6 --tls-ca "$registry_ca"
err_has 'expired'
denied
other client 30
start_fake tls "client-ca=$registry_ca"
reach 4 --tls-ca "$registry_ca"
err_has "$registry asks for a client certificate"
late() { strace -f -o "$t/trace" -e trace=getpeername -e inject=getpeername:delay_enter=80000 "$@"; }
if late true 2>/dev/null; then # a client that the machine gives no time after the handshake
  run 4 late aiops tags "$registry/m" --tls --retries 0 --tls-ca "$registry_ca"
  grep -q DELAYED "$t/trace" || fail "it was not late: $(cat "$t/trace")"
  err_has "$registry asks for a client certificate"
fi
mkdir -p "$certs/$registry"
cp "$t/client/srv.crt" "$certs/$registry/client.cert" && cp "$t/client/srv.key" "$certs/$registry/client.key"
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q --tls-ca "$registry_ca"
