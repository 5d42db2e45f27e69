# The repository names no machine it was made on: no absolute home or work paths.
. "$(dirname "$0")/lib.sh"
allowed='/home/(u|user|me|jane)\b'  # people in examples
files '*' | grep -vx 'tests/house/no-workplace.sh' | xargs -d '\n' grep -nIE '(^|[^A-Za-z0-9_./-])/(work|home|root|workspace)/[A-Za-z.]' |
  { grep -vE "$allowed" || true; } | verdict "a path of somebody's machine"
