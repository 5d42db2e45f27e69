#!/bin/bash
# G8: GOAWAY, REFUSED_STREAM and INTERNAL_ERROR are HTTP/2's; we offer only HTTP/1.1 over TLS, so a server that would rather
# speak h2 cannot, and the case cannot exist.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 2
start_fake tls alpn=h2,http/1.1
run 0 aiops push "oci:$t/model:1" "$registry/m:1" --tls-ca "$registry_ca" -q
run 0 aiops pull "$registry/m:1" -d "$t/files" --tls-ca "$registry_ca" -q
diff -r "$t/model.files" "$t/files"
grep -q '^TLS .* alpn=http/1.1$' "$registry_log" || fail "no ALPN: $(grep ^TLS "$registry_log")"
! grep '^TLS ' "$registry_log" | grep -v 'alpn=http/1.1$' || fail "a connection offered something else than http/1.1"
