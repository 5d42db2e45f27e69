# Each of the fault cases G1 to G42 has its test, tests/fault/gNN-*.sh, which names its case in its comment; there are no others.
. "$(dirname "$0")/lib.sh"
cases=42
{
  for n in $(seq $cases); do
    compgen -G "tests/fault/g$(printf %02d "$n")-*.sh" >/dev/null || echo "G$n has no test"
  done
  for file in tests/fault/g[0-9]*.sh; do
    n=$(sed -nE 's,^tests/fault/g(0*)([0-9]+)-.*\.sh$,\2,p' <<<"$file")
    [[ $n && $n -ge 1 && $n -le $cases && $(basename "$file") == g$(printf %02d "$n")-* ]] || { echo "$file: no such case"; continue; }
    sed -n 1,6p "$file" | grep -qE "^# G$n\b" || echo "$file: its comment does not begin with G$n"
  done
} | verdict "fault cases and their tests"
