#!/bin/bash
# G42: a proxy carries http and https, NO_PROXY goes past it, its 407 and its cut CONNECT are told by its name.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
make_layout "$t/model" 1
start_fake tls
run 0 aiops push "oci:$t/model:1" "$registry/a/deep/path/m:1" -q --tls-ca "$registry_ca"
upstream=$registry reference=registry.test/a/deep/path/m:1 # no such host but through the proxy
pull() { # WANTED-EXIT VARIABLE=VALUE...
  local want=$1
  shift
  rm -rf "$t/files"
  run "$want" env "$@" aiops pull "$reference" -d "$t/files" --tls-ca "$registry_ca" --retries 1 -v
}
start_fake "proxy=$upstream"
for variable in https_proxy HTTPS_PROXY all_proxy ALL_PROXY; do
  pull 0 "$variable=http://$registry"
  cmp "$t/model.files/part-1.bin" "$t/files/part-1.bin"
done
grep -q 'CONNECT registry.test:443 200' "$registry_log" || fail "the proxy was not asked"
for list in registry.test .test '*' 'x, registry.test:443'; do pull 6 "https_proxy=http://$registry" "no_proxy=$list"; done
err_has 'cannot reach registry.test'
before=$(counted requests 'CONNECT other')
pull 6 "http_proxy=http://$registry" # not for https
run 0 env "https_proxy=http://$registry" aiops tags "$upstream/a/deep/path/m" --tls-ca "$registry_ca" # nor for this machine
[ "$(counted requests 'CONNECT other')" = "$before" ] || fail "the proxy was asked for what it is not for"

secret proxy-password
for rule in 'CONNECT;.;*;407;Proxy-Authenticate=Basic realm="p"' 'CONNECT;.;*;403' 'CONNECT;.;*;502' 'CONNECT;.;*;rst'; do
  start_fake "proxy=$upstream" "$rule"
  case $rule in *407* | *403*) want=4 ;; *) want=6 ;; esac
  pull $want "https_proxy=http://user:proxy-password@$registry"
  err_has "the proxy $registry"
  no_leaks "$t/err"
done
pull 6 https_proxy=http://localhost:1
err_has 'the proxy localhost:1'
pull 6 https_proxy=http://nowhere.invalid:3128
err_has 'no proxy nowhere.invalid:3128'

start_fake # absolute URLs it serves itself
run 0 aiops push "oci:$t/model:1" "$registry/m:1" -q
run 0 env "http_proxy=$registry" aiops pull registry.test/m:1 --plain-http -d "$t/plain" -q
grep -q 'GET http://registry.test/v2/m/manifests/1 200 .*proxied' "$registry_log" || fail "not asked as a proxy: $(cat "$registry_log")"
