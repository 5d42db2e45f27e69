# Every C++ file says its licence in its first line; every header guards itself with #pragma once.
. "$(dirname "$0")/lib.sh"
{
  files '*.cpp' '*.hpp' '*.cu' '*.cuh' | while read -r file; do
    [ "$(head -n 1 "$file")" = '// SPDX-License-Identifier: Apache-2.0' ] || echo "$file: the first line is not the SPDX line"
  done
  files '*.hpp' '*.cuh' | while read -r file; do
    grep -q '^#pragma once$' "$file" || echo "$file: no #pragma once"
  done
} | verdict "licence lines and guards"
