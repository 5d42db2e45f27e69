# Sourced by the house tests: what the repository consists of, read from the disk so that an unpacked tarball works too.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
cd "$SOURCE"
set +o pipefail  # a grep that finds nothing is good news: `verdict` decides
rooms='base pack registry sign kernels train bench commands cli'

# files PATTERN...: every file of the repository whose name matches, without build trees and what git keeps.
files() {
  local pattern names=()
  for pattern; do names+=(-o -name "$pattern"); done
  find . \( -name .git -o -path ./build -o -name .cache -o -name __pycache__ \) -prune -o -type f \( "${names[@]:1}" \) -print | sed 's,^\./,,' | sort
}

# verdict WHAT: fails with the complaints on stdin, one a line; passes when there are none.
verdict() {
  local complaints
  complaints=$(cat)
  [ -z "$complaints" ] || fail "$1:"$'\n'"$complaints"
}
