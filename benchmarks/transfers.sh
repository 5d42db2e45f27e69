#!/bin/bash
# Push and pull against skopeo and against the floor: five blobs, a registry server of its own on loopback with its data in
# memory, interleaved, medians of wall time, CPU time (user + system) and peak resident memory of the client.
# usage: AIOPS=build/release/aiops benchmarks/transfers.sh [MIB-PER-BLOB [ROUNDS]]      (default 300 5)
# The floor of a push is curl, five PUTs at once, digests known; the floor of a pull is five times curl, openssl dgst and fsync
# at once. Needs docker-registry, skopeo, curl, GNU time, 4 GiB of /dev/shm.
set -euo pipefail
aiops=$(realpath "${AIOPS:-build/release/aiops}") mib=${1:-300} rounds=${2:-5}
work=$(mktemp -d) memory=$(mktemp -d /dev/shm/transfers.XXXXXX) port=$((20000 + RANDOM % 12000))
trap 'kill "${server-}" 2>/dev/null; rm -rf "$work" "$memory"' EXIT
export XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
cd "$work"

cat >registry.yml <<Y
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: "$memory"}}
http: {addr: "127.0.0.1:$port", secret: benchmark}
Y
docker-registry serve registry.yml >registry.log 2>&1 &
server=$!
mkdir files
for i in 1 2 3 4 5; do head -c "$((mib << 20))" /dev/urandom >"files/part$i.dat"; done
for i in 1 2 3 4 5; do sha256sum "files/part$i.dat" | cut -d' ' -f1 >"part$i.sha256"; done
"$aiops" pack files -t five:1 -q >/dev/null
"$aiops" copy five:1 oci:layout:1 -q >/dev/null

# timed NAME COMMAND...: one line of figures to samples/NAME
mkdir samples
timed() {
  local name=$1; shift
  command time -o "samples/$name" -a -f '%e %U %S %M' "$@" >/dev/null
}
export port
put_all() {
  local i location
  for i in 1 2 3 4 5; do
    {
      location=$(curl -si -X POST "http://localhost:$port/v2/floor/blobs/uploads/" | tr -d '\r' | sed -n 's/^Location: //p')
      curl -s -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' -T "files/part$i.dat" "$location&digest=sha256:$(cat "part$i.sha256")"
    } &
  done
  wait
}
get_all() { # what a verified pull cannot do without: the bytes, their digest, the disk
  local i
  rm -rf got; mkdir got
  for i in 1 2 3 4 5; do
    {
      curl -s -o "got/$i" "http://localhost:$port/v2/p/blobs/sha256:$(cat "part$i.sha256")"
      [ "$(openssl dgst -sha256 -r "got/$i" | cut -d' ' -f1)" = "$(cat "part$i.sha256")" ]
      sync "got/$i"
    } &
  done
  wait
}
export -f put_all get_all
empty() { rm -rf "$memory/docker"; }

for round in $(seq "$rounds"); do
  empty; timed aiops-push "$aiops" push oci:layout:1 "localhost:$port/a$round:1" -q
  empty; timed skopeo-push skopeo --insecure-policy copy -q --dest-tls-verify=false oci:layout:1 "docker://localhost:$port/b$round:1"
  empty; timed curl-push bash -c put_all
  empty; "$aiops" push oci:layout:1 "localhost:$port/p:1" -q >/dev/null
  rm -rf one; timed aiops-pull "$aiops" copy "localhost:$port/p:1" oci:one:1 -q
  rm -rf two; timed skopeo-pull skopeo --insecure-policy copy -q --src-tls-verify=false "docker://localhost:$port/p:1" oci:two:1
  timed curl-pull bash -c get_all
  rm -rf three; timed aiops-pull-files "$aiops" pull "localhost:$port/p:1" -d three -q
done

median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
printf '%-18s %8s %14s %8s %9s\n' "$rounds rounds" 'wall s' '(min .. max)' 'CPU s' 'peak MiB'
for name in aiops-push skopeo-push curl-push aiops-pull skopeo-pull curl-pull aiops-pull-files; do
  printf '%-18s %8.2f %14s %8.2f %9.1f\n' "$name" "$(awk '{print $1}' "samples/$name" | median)" \
    "($(awk '{print $1}' "samples/$name" | sort -n | sed -n '1p;$p' | paste -sd' ' | sed 's/ / .. /'))" \
    "$(awk '{print $2 + $3}' "samples/$name" | median)" "$(awk '{print $4 / 1024}' "samples/$name" | sort -n | tail -1)"
done
