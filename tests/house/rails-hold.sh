# Every rail of this folder can fail: a small house with one fault each, and the rail that must notice it.
. "$(dirname "$0")/lib.sh"
house=$t/house
plant() { mkdir -p "$(dirname "$house/$1")"; cat >"$house/$1"; }
fresh() {
  rm -rf "$house"; mkdir -p "$house"; cp -r CMakeLists.txt docs cli .clang-format "$house"
  printf '// SPDX-License-Identifier: Apache-2.0\n#pragma once\n' | plant base/good.hpp
  for n in $(seq 42); do echo "# G$n: a case" | plant "tests/fault/g$(printf %02d "$n")-case.sh"; done
}
# notices RAIL WORD: the rail passes before the fault (on stdin, for file $3) and fails after it, naming WORD.
notices() {
  fresh
  SOURCE=$house bash "tests/house/$1.sh" >"$t/before" 2>&1 || fail "$1 fails on a sound house: $(cat "$t/before")"
  plant "$3"
  ! SOURCE=$house bash "tests/house/$1.sh" >"$t/after" 2>&1 || fail "$1 does not notice a fault in $3"
  grep -q -- "$2" "$t/after" || fail "$1 complains about something else: $(cat "$t/after")"
}
for fault in 'pack/x.cpp|#include "cli/context.hpp"' 'commands/x.cpp|#include "cli/color.hpp"'; do
  notices includes "${fault%%|*}" "${fault%%|*}" <<<"${fault#*|}"
done
for fault in 'std::cout << 1;' 'printf("x");' 'puts("x");' 'spdlog::info("x");' 'getenv("HOME");' 'std::exit(1);'; do
  notices no-print pack/x.cpp pack/x.cpp <<<"$fault"
done
for fault in 'asm("nop;");' '__shared__ float x[4];' 'kernel<<<1, 2>>>();' '#if defined(__CUDA_ARCH__)' '#include <cuda_bf16.h>'; do
  notices cuda-layer kernels/cuda/x/x.cuh kernels/cuda/x/x.cuh <<<"$fault"
done
notices cuda-layer 'anonymous namespace' kernels/cuda/x/x.cu < <(printf 'namespace {\n__global__ void f() {}\n}  // namespace\n')
notices file-sizes long.cpp base/long.cpp < <(seq 601)
notices spdx x.cpp base/x.cpp <<<'int x;'
! command -v clang-format >/dev/null || notices format x.cpp base/x.cpp <<<'int   x ;'
notices no-workplace x.cpp base/x.cpp <<<'// see /home''/somebody/notes'
notices architecture-length ARCHITECTURE docs/ARCHITECTURE.md < <(seq 61)
notices fault-cases 'no such case' tests/fault/g43-case.sh <<<'# G43: one too many'
notices fault-cases 'G7' tests/fault/g07-case.sh <<<'# G8: another case'
notices includes 'differs' CMakeLists.txt < <(sed 's/USES base pack LINK/USES base pack registry LINK/' CMakeLists.txt)
gcc_links() { printf 'int main(){return 0;}' | cc -x c - -o "$t/linked" -Wl,--no-as-needed "$@" 2>/dev/null; }
if gcc_links -lopenblas; then
  ! AIOPS=$t/linked bash tests/house/no-cuda-needed.sh >/dev/null 2>&1 || fail "no-cuda-needed does not notice OpenBLAS"
fi
mkdir "$t/odd"
if printf 'void aiops_cuda_plugin(void) {}\nvoid more(void) {}\n' | cc -x c - -shared -fPIC -o "$t/odd/libaiops_cuda.so" 2>/dev/null; then
  ! BUILD=$t/odd bash tests/house/plugin.sh >"$t/after" 2>&1 || fail "plugin does not notice a second function"
  grep -q more "$t/after" || fail "plugin complains about something else: $(cat "$t/after")"
fi
