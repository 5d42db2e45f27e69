#!/bin/bash
# venv.sh PACKAGE...: prints the path of a python3 that has these packages, made once per set and kept in the build tree.
# Exits 77 with the reason on stderr when it cannot be made, so that a test can skip:  python=$(bash venv.sh x) || exit 77
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: venv.sh PACKAGE..." >&2; exit 2; }
: "${BUILD:=$(cd "$(dirname "$0")/../.." && pwd)/build/dev}"
importable() { local p; for p; do "$python" -c "import importlib.metadata as m; m.version('${p%%[=<>]*}')" 2>/dev/null || return; done; }
no() { echo "skipped: $*" >&2; exit 77; }
python=$(command -v python3) || no "python3 is not installed"
case "$*" in *[=\<\>]*) ;; *) ! importable "$@" || { echo "$python"; exit 0; } ;; esac
venv=$BUILD/venv/$(printf '%s\n' "$@" | sort | sha256sum | cut -c 1-12)
mkdir -p "$BUILD/venv"
exec 9>"$venv.lock"; flock 9
if [ ! -f "$venv/complete" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv" >&2 || no "python3-venv is not installed"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 20 "$@" >&2 || no "pip cannot install $*"
  touch "$venv/complete"
fi
echo "$venv/bin/python"
