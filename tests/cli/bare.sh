# Bare `aiops`, and a bare family, show help on stdout and exit 2: nothing was asked for. Help that was asked for is 0.
. "$(dirname "$0")/../lib.sh"
run 2 aiops; out_has '^Usage: aiops'; err_empty
run 2 aiops config; out_has '^  show '; err_empty
run 0 aiops --help; out_has '^Global flags:'; err_empty
run 0 aiops config show -h; out_has '^Usage: aiops config show'; err_empty
run 0 aiops help config show; out_has '^Usage: aiops config show'
for topic in environment exit-codes formats references; do run 0 aiops help $topic; err_empty; done
run 0 aiops help exit-codes; out_has '^  75 +stopped'
run 0 aiops help environment; out_has '^  AIOPS_UI_COLOR '
