# Sourced after lib.sh and rig.sh by the tests that run documented commands. prepare DIR makes what HELP and the documents
# speak of: demo/ and demo:1, keys aiops.key and aiops.pub, corpus.txt and train.yaml (a training of a second or two), and
# the artifact demo:1 on the registry in $registry, which stands for registry.example.com.
prepare() {
  mkdir -p "$1"
  (
    cd "$1"
    python3 "$SOURCE/tests/rig/make_demo.py" demo
    for i in $(seq 60); do echo "In the beginning God created the heaven and the earth. And God said, Let there be light: $i."; done >corpus.txt
    cat >train.yaml <<YAML
data: {path: corpus.txt, validation: 0.1}
tokenizer: {vocab_size: 300}
model: {hidden_size: 32, layers: 2, heads: 2, context: 32}
batch: {rows: 2}
steps: 30
YAML
    aiops key generate --out aiops --no-passphrase
    aiops pack demo -t demo:1
    aiops push demo:1 "$registry/demo:1"
  ) >/dev/null 2>"$t/prepare.err" || fail "cannot prepare: $(cat "$t/prepare.err")"
}

# Whether a command measures beside a library that the program does without, and this machine has not; says so.
lacks_library() {
  local found; found=$(ldconfig -p)
  case $1 in *openblas*) [[ $found = *libopenblas.so.0* ]] || { echo "not run, without libopenblas0: $1"; return 0; } ;; esac
  case $1 in *onednn*) [[ $found = *libdnnl.so.2* ]] || { echo "not run, without libdnnl2: $1"; return 0; } ;; esac
  return 1
}
