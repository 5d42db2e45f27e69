# A wrong command line: exit 2, nothing on stdout, one cause and one mend on stderr, in our words.
. "$(dirname "$0")/../lib.sh"
wrong() { local message=$1 mend=$2; shift 2; run 2 aiops "$@"; out_empty; [ "$(cat "$t/err")" = "aiops: $message
  try: $mend" ] || fail "$*: $(cat "$t/err")"; }
wrong "unknown verb 'verzion'" "did you mean 'aiops version'?" verzion
wrong "unknown verb 'zzzzzz'" "aiops --help" zzzzzz
wrong "aiops config has no verb 'shwo'" "did you mean 'aiops config show'?" config shwo
wrong "unknown flag '--outptu'" "did you mean '--output'?" --outptu json
wrong "unknown flag '--orgin' for aiops config show" "did you mean '--origin'?" config show --orgin
wrong "--output needs a value" "--output FORMAT" version --output
wrong "--quiet takes no value" "--quiet" version --quiet=yes
wrong "--output must be one of text, json, not 'jsn'" "did you mean 'json'?" version -o jsn
wrong "unexpected word 'more' for aiops version" "aiops version --help" version more
wrong "aiops completion needs SHELL" "aiops completion --help" completion
wrong "no help about 'exit-code'" "did you mean 'aiops help exit-codes'?" help exit-code
