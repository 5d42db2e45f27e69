# Sourced by every test script. $t is a private directory, removed at the end; HOME and the XDG directories are inside it.
# AIOPS is the binary under test, SOURCE the repository, BUILD the build tree (set by CTest; see tests/CMakeLists.txt).
set -euo pipefail
: "${SOURCE:=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}" "${BUILD:=$SOURCE/build/dev}" "${AIOPS:=$BUILD/aiops}"
export SOURCE BUILD AIOPS PATH="$(dirname "$AIOPS"):$PATH" LC_ALL=C.UTF-8
for name in $(compgen -e AIOPS_); do unset "$name"; done
t=$(mktemp -d "${TMPDIR:-/tmp}/aiops-test.XXXXXX")
export HOME=$t/home XDG_CONFIG_HOME=$t/config XDG_DATA_HOME=$t/data XDG_STATE_HOME=$t/state XDG_CACHE_HOME=$t/cache
unset XDG_RUNTIME_DIR REGISTRY_AUTH_FILE DOCKER_CONFIG SOURCE_DATE_EPOCH NO_COLOR CLICOLOR CLICOLOR_FORCE || true
mkdir -p "$HOME"
cleanups=()
at_exit() { cleanups=("$1" "${cleanups[@]}"); }
finish() { local code=$?; for c in "${cleanups[@]}"; do eval "$c" || true; done; chmod -R u+rwx "$t" 2>/dev/null; rm -rf "$t"; exit $code; }
trap finish EXIT
trap 'echo "FAILED at ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND" >&2' ERR

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*" >&2; exit 1; }
needs() { local p; for p; do command -v "$p" >/dev/null || skip "$p is not installed"; done; }

# run CODE COMMAND...: runs it, keeps stdout in $t/out and stderr in $t/err, and fails unless it exits with CODE.
run() {
  local want=$1 got=0; shift
  "$@" >"$t/out" 2>"$t/err" </dev/null || got=$?
  [ "$got" = "$want" ] && return
  printf 'FAILED: exit %s, wanted %s: %s\n--- stdout\n%s\n--- stderr\n%s\n' "$got" "$want" "$*" "$(head -c 4000 "$t/out")" "$(head -c 4000 "$t/err")" >&2
  exit 1
}
out_has() { grep -qE -- "$1" "$t/out" || fail "stdout lacks /$1/: $(head -c 2000 "$t/out")"; }
err_has() { grep -qE -- "$1" "$t/err" || fail "stderr lacks /$1/: $(head -c 2000 "$t/err")"; }
out_is() { [ "$(cat "$t/out")" = "$1" ] || fail "stdout is '$(head -c 2000 "$t/out")', wanted '$1'"; }
err_empty() { [ ! -s "$t/err" ] || fail "stderr is not empty: $(head -c 2000 "$t/err")"; }
out_empty() { [ ! -s "$t/out" ] || fail "stdout is not empty: $(head -c 2000 "$t/out")"; }
