# SPDX-License-Identifier: Apache-2.0
# Sourced after lib.sh: real registries on loopback (docker-registry), a token server, and proxies that break connections.
# Everything takes a free port, lives in $t/rig and ends with the test.
#
#   start_registry plain           sets $registry to localhost:PORT, plain http, open to everybody
#   start_registry basic           TLS and htpasswd: user alice, password s3cret; the authority is $registry_ca
#   start_registry token [TTL [EXPIRES_IN]]   TLS and bearer tokens, the same user; anonymous may pull pub/*
#   $registry_log is its access log, $registry_data its files; all kinds share the data.
#   start_proxy cut REGISTRY DOWN UP NCUT [rst|fin|stall]   sets $proxy; see rig/cutproxy.py; $proxy_log says CUT
#   start_proxy slow REGISTRY UP_RATE [DOWN_RATE]           sets $proxy; see rig/slowproxy.py
#   start_fake [OPTION...] [RULE...]   sets $registry to one that misbehaves by rule, $registry_log, $registry_dir (its blobs) and
#                                  $registry_pid; the manual is in rig/fakeregistry.py
#   change_fake OPTION-OR-RULE...  gives the fake of $registry more of them while it runs
#   counted KEY...                 a counter of the fake in $registry: counted sent; counted requests 'PUT uploads'
#   sign_in USER PASSWORD [FLAG...]   aiops login to $registry
#   no_leaks FILE...               no password, token, _state or signature of any fake (or given by: secret TEXT...) is readable in
#                                  these files or directories, and no fake got one that is not its own
#   watch_processes FILE           keeps in FILE what aiops shows in the process list
#   make_layout DIR MIB...         an OCI layout of random files under tag 1; sets $digest; the files are in DIR.files/part-N.bin
#   count_requests METHOD PATTERN  how many requests the registry in $registry has answered
rig=$t/rig rigs=0
registry_data=$rig/data registry_ca=$rig/ca.crt

rig_port() { # LOG: waits for "PORT n"
  local i
  for i in $(seq 100); do
    if grep -sq '^PORT [0-9]' "$1"; then sed -n 's/^PORT //p' "$1"; return; fi
    sleep .05
  done
  fail "no port in $1: $(tail -n 5 "$1" "${1%.port}")"
}

rig_keys() {
  [ ! -f "$rig/srv.crt" ] || return 0
  (
    cd "$rig"
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout ca.key -out ca.crt \
      -subj '/CN=rig CA' -addext basicConstraints=critical,CA:TRUE
    openssl req -newkey rsa:2048 -nodes -keyout srv.key -out srv.csr -subj /CN=localhost
    printf 'subjectAltName=DNS:localhost,DNS:registry.test,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >srv.ext
    openssl x509 -req -in srv.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile srv.ext -out srv.crt
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout tok.key -out tok.crt -subj '/CN=rig token issuer'
  ) 2>>"$rig/openssl.log" || fail "cannot make keys: $(tail -3 "$rig/openssl.log")"
}

start_registry() { # KIND [TTL [EXPIRES_IN]]
  local kind=$1 tls='' auth='' scheme=http realm_port
  shift
  needs docker-registry curl python3
  mkdir -p "$registry_data"
  if [ "$kind" != plain ]; then
    needs openssl htpasswd
    rig_keys
    scheme=https tls=", tls: {certificate: \"$rig/srv.crt\", key: \"$rig/srv.key\"}"
  fi
  case $kind in
    basic)
      htpasswd -Bbn alice s3cret >"$rig/htpasswd" # the registry takes bcrypt only
      auth="auth: {htpasswd: {realm: rig, path: \"$rig/htpasswd\"}}"
      ;;
    token)
      python3 "$SOURCE/tests/rig/tokensrv.py" "$rig" "$@" >"$rig/tokensrv.log" 2>"$rig/token-requests.log" &
      at_exit "kill $!"
      realm_port=$(rig_port "$rig/tokensrv.log")
      auth="auth: {token: {realm: \"https://localhost:$realm_port/token\", service: rig, issuer: rig-issuer, rootcertbundle: \"$rig/tok.crt\"}}"
      ;;
  esac
  registry_log=$rig/$kind-$((++rigs)).log
  local attempt
  for attempt in 1 2 3 4 5; do # somebody may take the port between finding and using it
    rig_serve "$kind" "$scheme" "$tls" "$auth" && return
  done
  fail "the registry does not start: $(tail -5 "$registry_log")"
}

rig_serve() { # KIND SCHEME TLS AUTH
  local port pid i
  port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat >"$rig/$1.yml" <<YML
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: "$registry_data"}, delete: {enabled: true}}
http: {addr: "127.0.0.1:$port", secret: fixed$3}
$4
YML
  docker-registry serve "$rig/$1.yml" >"$registry_log" 2>&1 </dev/null &
  pid=$!
  for i in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || return 1
    if curl -sk -o /dev/null "$2://localhost:$port/v2/"; then
      at_exit "kill $pid"
      registry=localhost:$port registry_pid=$pid
      return 0
    fi
    sleep .05
  done
  kill "$pid"
  return 1
}

start_proxy() { # cut|slow REGISTRY ARGUMENT...
  local kind=$1 upstream=${2##*:}
  shift 2
  needs python3
  proxy_log=$rig/$kind-$((++rigs)).log
  python3 "$SOURCE/tests/rig/${kind}proxy.py" "$upstream" "$@" >"$proxy_log.port" 2>"$proxy_log" &
  at_exit "kill $!"
  proxy=localhost:$(rig_port "$proxy_log.port")
}

start_fake() {
  local option options=()
  needs python3
  mkdir -p "$rig"
  for option; do
    case $option in
      tls) needs openssl && rig_keys && options+=("tls=$rig") ;;
      *) options+=("$option") ;;
    esac
  done
  registry_log=$rig/fake-$((++rigs)).log registry_dir=$rig/fake-$rigs
  mkdir "$registry_dir"
  python3 "$SOURCE/tests/rig/fakeregistry.py" "secrets=$rig/secrets" "dir=$registry_dir" "${options[@]}" >"$registry_log.port" 2>"$registry_log" &
  registry_pid=$!
  at_exit "kill $registry_pid"
  registry=localhost:$(rig_port "$registry_log.port")
}

change_fake() { # OPTION-OR-RULE...: from now on, in the fake of $registry
  local scheme
  for scheme in http https; do
    printf '%s\n' "$@" | curl -sfk -o "$rig/changed" -T - "$scheme://$registry/_rig/change" && return
  done
  fail "the fake does not change: $*"
}

counted() { # sent | received | requests 'PUT uploads' | blobs DIGEST sent | connections most | leaks
  python3 - "$registry" "$@" <<'P'
import json, ssl, sys, urllib.request
host, *keys = sys.argv[1:]
try:
    answer = urllib.request.urlopen(f"http://{host}/_rig/counts")
except OSError:
    answer = urllib.request.urlopen(f"https://{host}/_rig/counts", context=ssl._create_unverified_context())
value = json.load(answer)
for key in keys:
    value = value.get(key, 0)
print(value)
P
}

sign_in() { # USER PASSWORD: in the registry of $registry
  printf '%s' "$2" | aiops login "$registry" -u "$1" --password-stdin "${@:3}" >/dev/null 2>&1 || fail "cannot log in to $registry"
}

secret() { printf 'test 0 %s\n' "$@" >>"$rig/secrets"; }

watch_processes() { # FILE: what every aiops and its children show in the process list, until the test ends
  python3 "$SOURCE/tests/rig/watchprocesses.py" "$AIOPS" >"$1" &
  at_exit "kill $!"
}

no_leaks() { # FILE...
  local log
  for log in "$rig"/fake-*.log; do
    ! grep -a '^LEAK' "$log" >&2 || fail "a credential went to another place: $log"
  done
  awk 'length($3) >= 6 { print $3 }' "$rig/secrets" | sort -u >"$rig/secret-words"
  [ -s "$rig/secret-words" ] || fail "no secret is in play: this proves nothing"
  ! grep -arnF -f "$rig/secret-words" "$@" >&2 || fail "a secret is readable in: $*"
}

make_layout() { digest=$(python3 "$SOURCE/tests/rig/make_layout.py" "$@"); }

count_requests() { grep -cE "(^|\")$1 [^\"]*$2" "$registry_log" || true; }
