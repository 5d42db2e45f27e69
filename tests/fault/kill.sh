# Sourced by the kill-*.sh tests: a model to move, and a way to die at a random instant.

# make_model DIR MIB: a directory with a valid safetensors file of about MIB MiB of random bytes, a config and a README.
make_model() {
  mkdir -p "$1"
  python3 - "$1" "$2" <<'P'
import json, os, struct, sys
directory, mib = sys.argv[1], int(sys.argv[2])
for shard in range(3):
    size = mib * (1 << 20) // 3 // 4 * 4
    header = json.dumps({"w": {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}}).encode()
    header += b" " * (-len(header) % 8)
    with open(f"{directory}/model-{shard + 1:05}-of-00003.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + os.urandom(size))
json.dump({"model_type": "llama", "architectures": ["LlamaForCausalLM"]}, open(f"{directory}/config.json", "w"))
open(f"{directory}/README.md", "w").write("---\nlicense: apache-2.0\n---\n# A model of noise\n")
P
}

# seconds COMMAND...: how long it takes.
seconds() {
  local start=$EPOCHREALTIME
  "$@" >/dev/null 2>&1
  awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}

killed=0 finished=0

# kill_within SECONDS COMMAND...: starts it and kills it with SIGKILL after a random part of SECONDS. The part adapts: a
# command that came to its end shortens the next wait, a kill lengthens it, so a machine that changes its speed does not matter.
stretch=1
kill_within() {
  local wait pid
  wait=$(awk -v max="$1" -v stretch="$stretch" -v r="$RANDOM" 'BEGIN { print max * stretch * r / 32768 }')
  shift
  "$@" >/dev/null 2>"$t/killed.err" </dev/null &
  pid=$!
  sleep "$wait"
  if kill -9 "$pid" 2>/dev/null; then
    killed=$((killed + 1)) stretch=$(awk -v s="$stretch" 'BEGIN { print s * 1.05 }')
  else
    finished=$((finished + 1)) stretch=$(awk -v s="$stretch" 'BEGIN { print s * 0.9 }')
  fi
  wait "$pid" 2>/dev/null || true
}

# until_killed TIMES: whether there is still somebody to kill; fails when most commands finish before their kill.
until_killed() {
  ((finished <= 4 * $1)) || fail "$finished commands finished before the kill and only $killed did not: the instants are wrong"
  ((killed < $1))
}

say_kills() { echo "killed $killed times, finished before the kill $finished times"; }

# random_places COUNT BYTES: COUNT places in the order of a transfer of so many bytes, each random in its own part of it.
random_places() {
  python3 -c 'import random, sys
count, size = map(int, sys.argv[1:])
for i in range(count): print(int(size * (i + random.uniform(.1, .9)) / count))' "$1" "$2"
}

# kill_at PLACE received|sent COMMAND...: kills it when the fake in $registry has counted that many bytes; fails when it ends before.
kill_at() {
  local place=$1 key=$2 code=0
  shift 2
  python3 "$SOURCE/tests/rig/killat.py" "$registry" "$key" "$place" "$@" >"$t/killed.out" 2>"$t/killed.err" || code=$?
  [ $code = 137 ] || fail "exit $code before the kill at byte $place: $(cat "$t/killed.err")"
}

# at_most PERCENT BYTES SIZE WHAT: the price of the kills.
at_most() {
  echo "$4: $2 bytes for $3, $(($2 * 1000 / $3))/1000"
  (($2 * 100 <= $1 * $3)) || fail "$4: $2 bytes, more than $1 % of $3"
}
