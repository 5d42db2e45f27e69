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
