# With each splitter, aiops learns the merges and the vocabulary that the tokenizers package's BpeTrainer learns from the same texts.
# PARITY_PYTHON names a python3 that has it, if the usual one has not. By hand, with more text: see docs/PERFORMANCE.md.
. "$(dirname "$0")/../lib.sh"
python=${PARITY_PYTHON:-$(bash "$SOURCE/tests/interop/venv.sh" tokenizers)} || exit 77
"$python" -c 'import tokenizers' 2>/dev/null || skip "$python lacks tokenizers"
"$python" - "$SOURCE/tests/interop" >"$t/texts.jsonl" <<'PY'
import json, sys
sys.path.insert(0, sys.argv[1])
from parity_texts import texts
for text in texts(0.5):
    print(json.dumps({"text": text}))
PY
run 0 "$python" "$SOURCE/tests/interop/tokenizer_learner.py" "$AIOPS" "$t" "$t/texts.jsonl" 4000 2
[ "$(grep -c 'merges equal' "$t/out")" = 5 ] || fail "$(cat "$t/out")"
