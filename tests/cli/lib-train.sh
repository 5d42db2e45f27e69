# A small corpus and a configuration that trains on it in about a second; sourced by the training tests.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
cd "$t"
for i in $(seq 300); do echo "In the beginning was line $((i * 37 % 101)), and the line was with the text number $i."; done >corpus.txt
cat >train.yaml <<'END'
data: {path: corpus.txt, validation: 0.05}
tokenizer: {vocab_size: 320}
model: {hidden_size: 32, layers: 2, heads: 2, context: 32}
optimiser: {lr: 0.01}
batch: {rows: 4}
steps: 40
seed: 1
END
sha() { sha256sum "$1" | cut -d' ' -f1; }
# labelled FILE: 90 texts of three kinds, a JSON object a line, and train-labels.yaml, which learns to tell them apart.
labelled() {
  for i in $(seq 30); do
    echo "{\"text\": \"the sun is warm $((i * 37 % 101))\", \"label\": \"sun\"}"
    echo "{\"text\": \"rain falls on the land $i\", \"label\": \"rain\"}"
    echo "{\"text\": \"$i a wind blows\", \"label\": \"wind\"}"
  done >"$1"
  cat >train-labels.yaml <<YAML
task: classification
data: {path: $1, validation: 0.2}
tokenizer: {vocab_size: 280}
model: {hidden_size: 16, layers: 2, heads: 2, context: 32}
optimiser: {lr: 0.02}
batch: {rows: 4}
steps: 40
YAML
}
