# clang-format agrees with every C++ file.
. "$(dirname "$0")/lib.sh"
needs clang-format
files '*.cpp' '*.hpp' '*.cu' '*.cuh' | xargs -d '\n' -P 2 -n 20 clang-format --dry-run -Werror 2>&1 |
  grep -E 'error:|warning:' | cut -d: -f1 | uniq -c | verdict "clang-format would change these (clang-format -i FILE)"
