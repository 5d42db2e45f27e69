# A SentencePiece vocabulary inside a GGUF file gives the ids and the text that SentencePiece gives. PARITY_PYTHON names a python3 that has
# sentencepiece and gguf, if the usual one has not.
. "$(dirname "$0")/../lib.sh"
probe=$BUILD/tests/tokenizer_parity
[ -x "$probe" ] || skip "$probe is not built"
python=${PARITY_PYTHON:-$(bash "$SOURCE/tests/interop/venv.sh" sentencepiece gguf)} || exit 77
"$python" -c 'import sentencepiece, gguf' 2>/dev/null || skip "$python lacks sentencepiece or gguf"
run 0 "$python" "$SOURCE/tests/interop/sentencepiece_parity.py" "$probe" "$t" 0.3
[ "$(grep -c ': \([0-9]*\) of \1 texts equal' "$t/out")" = 3 ] || fail "$(cat "$t/out")"
