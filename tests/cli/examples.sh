# Every example of every verb runs as it is printed. The examples of one verb run in their order in a fresh copy of one
# prepared directory; registry.example.com becomes a real registry on loopback.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
start_registry plain
has() { aiops "$@" --help >/dev/null 2>&1; }

mkdir "$t/prepared"; cd "$t/prepared"
python3 "$SOURCE/tests/rig/make_demo.py" demo
for i in $(seq 60); do echo "In the beginning God created the heaven and the earth. And God said, Let there be light: $i."; done >corpus.txt
cat >train.yaml <<YAML
data: {path: corpus.txt, validation: 0.1}
tokenizer: {vocab_size: 300}
model: {hidden_size: 32, layers: 2, heads: 2, context: 32}
batch: {rows: 2}
steps: 30
YAML
if has key generate; then aiops key generate --out aiops --no-passphrase >/dev/null; fi
if has pack; then aiops pack demo -t demo:1 >/dev/null; fi
if has pack && has push; then aiops push demo:1 "$registry/demo:1" >/dev/null; fi
mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME"; cp -a "$XDG_DATA_HOME" "$t/prepared.data"

# What an example needs before its verb can work; nothing is skipped without saying so.
missing() { # COMMAND
  local verb
  while read -r verb; do has $verb || { echo "the verb '$verb' is not built"; return; }; done < <(
    grep -oE 'aiops( -[-a-z]+)* [a-z]+' <<<"$1" | sed -E 's/^aiops( -[-a-z]+)* //' | sort -u)
  case $1 in *openssl*) command -v openssl >/dev/null || echo "openssl is not installed" ;; esac
}

aiops __docs examples | python3 -c '
import json, sys
for line in sys.stdin:
    example = json.loads(line)
    print(example["verb"], example["command"].replace("registry.example.com", sys.argv[1]), sep="\t")' "$registry" >"$t/examples"
last='' ran=0 failed=0 skipped=0
while IFS=$'\t' read -r verb command; do
  if [ "$verb" != "$last" ]; then
    rm -rf "$t/here" "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_STATE_HOME"
    cp -a "$t/prepared" "$t/here"; cp -a "$t/prepared.data" "$XDG_DATA_HOME"; cd "$t/here"; last=$verb
  fi
  why=$(missing "$command")
  if [ -n "$why" ]; then echo "skipped: $command ($why)"; skipped=$((skipped + 1)); continue; fi
  ran=$((ran + 1))
  timeout 120 bash -c "$command" >"$t/out" 2>"$t/err" </dev/null && continue
  echo "FAILED ($?): $command"; tail -n 5 "$t/err"; failed=$((failed + 1))
done <"$t/examples"
echo "$ran examples ran, $failed failed, $skipped skipped"
[ "$ran" -gt 0 ] && [ "$failed" = 0 ]
