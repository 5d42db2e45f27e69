#!/bin/bash
# G11: an upload Location that is relative, absolute, on another host, with a query, or http from an https registry.
# A Location that lost its port needs a registry on port 443: unit.registry has it (Url.OriginSpellsOutTheDefaultPort).
. "$(dirname "$0")/lib-push.sh"
for location in '{path}?{query}' '//{host}{path}?{query}' '{scheme}://{host}{path}?a=%2F&{query}&b=' '{path}?{query}#here'; do
  push 0 "location=$location"
done
push 0 keeps 'location={path}' # no query at all: the digest begins one
asked 2 PUT 'uploads/[^?]*\?digest=sha256'

push 0 'location=http://127.0.0.1:{port}{path}?{query}' # another host: it works, without our credentials
push 4 basic=alice:secret-word 'location=http://127.0.0.1:{port}{path}?{query}'
echo secret-word | aiops login "$registry" -u alice --password-stdin
push_again 4
! grep '^PUT' "$registry_log" | grep -q authorized || fail "credentials went to another host"

push 1 location=ftp://elsewhere/x
err_has "'ftp://elsewhere/x' is not http or https"
push 1 'location=http://user:secret@localhost/x'
! grep -q 'user:secret' "$t/err" || fail "a password in a Location is shown"
flags=(--tls-ca "$registry_ca")
push 1 tls 'location=http://{host}{path}?{query}'
err_has 'answered over https with the http location'
err_has 'X-Forwarded-Proto'
