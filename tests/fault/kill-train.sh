#!/bin/bash
# kill -9 at 50 random instants of training (KILLS=100 for more), with one and with two threads by turns and checkpoints in
# shards: every checkpoint that is visible verifies, and the run that goes on ends with the same bits as the one that was never
# killed.
. "$(dirname "$0")/../lib.sh"
. "$SOURCE/tests/fault/kill.sh"

cd "$t"
cat /usr/share/common-licenses/GPL-3 >corpus.txt
cat >train.yaml <<'Y'
data: {path: corpus.txt}
tokenizer: {vocab_size: 512}
model: {hidden_size: 32, layers: 1, heads: 2, kv_heads: 1, context: 32}
batch: {rows: 4}
steps: 120
checkpoint: {every: 5, keep: 3, milestones: 50, shard: 50KiB}
seed: 7
Y
run 0 aiops train train.yaml --out whole
same() { for shard in whole/model/model-*.safetensors; do cmp "$shard" "killed/model/${shard##*/}"; done; }
duration=$(seconds aiops train train.yaml --out timing)
while until_killed "${KILLS:-50}"; do
  kill_within "$duration" aiops train train.yaml --out killed --threads $((killed % 2 + 1))
  for checkpoint in killed/step-*; do  # what is called step-N is whole
    case $checkpoint in *.tmp | *'*') continue ;; esac
    (cd "$checkpoint" && python3 -c 'import json
for file in json.load(open("training/manifest.json"))["files"]: print(file["sha256"], file["path"], sep="  ")' | sha256sum --check --quiet -)
  done
  [ -e killed/model ] || continue  # this run came to its end: the same bits, and once more from the start
  same
  rm -rf killed
done
run 0 aiops train train.yaml --out killed
same
[ -z "$(find killed -name '*.tmp*')" ] || fail "leftovers after a completed run"
say_kills
