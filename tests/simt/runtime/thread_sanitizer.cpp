// SPDX-License-Identifier: Apache-2.0
// The functions that g++ -fsanitize=thread calls before every access. Kernels are compiled with the
// flag and libtsan is not linked: these take its place. This file is compiled without the flag.
// A launcher is host code in the same file: while no thread runs, nothing is checked.
#include "tests/simt/runtime/machine.hpp"
#include "tests/simt/runtime/shadow.hpp"

#include <cstring>

namespace {

using aiops::simt::Access;
using aiops::simt::machine;

void on_access(const void* p, std::size_t size, Access kind, const void* pc) {
  if (machine.current != nullptr) aiops::simt::check(p, size, kind, pc);
}

}  // namespace

#define AIOPS_HOOKS(size)                                                                          \
  extern "C" void __tsan_read##size(void* p) { on_access(p, size, Access::read, AIOPS_CALLER); }   \
  extern "C" void __tsan_write##size(void* p) { on_access(p, size, Access::write, AIOPS_CALLER); } \
  extern "C" void __tsan_unaligned_read##size(void* p) {                                           \
    on_access(p, size, Access::read, AIOPS_CALLER);                                                \
  }                                                                                                \
  extern "C" void __tsan_unaligned_write##size(void* p) {                                          \
    on_access(p, size, Access::write, AIOPS_CALLER);                                               \
  }                                                                                                \
  extern "C" void __tsan_volatile_read##size(void* p) {                                            \
    on_access(p, size, Access::read, AIOPS_CALLER);                                                \
  }                                                                                                \
  extern "C" void __tsan_volatile_write##size(void* p) {                                           \
    on_access(p, size, Access::write, AIOPS_CALLER);                                               \
  }
AIOPS_HOOKS(1)
AIOPS_HOOKS(2)
AIOPS_HOOKS(4)
AIOPS_HOOKS(8)
AIOPS_HOOKS(16)

extern "C" {
void __tsan_read_range(void* p, std::size_t size) {
  on_access(p, size, Access::read, AIOPS_CALLER);
}
void __tsan_write_range(void* p, std::size_t size) {
  on_access(p, size, Access::write, AIOPS_CALLER);
}
void* __tsan_memcpy(void* to, const void* from, std::size_t size) {  // clang
  on_access(from, size, Access::read, AIOPS_CALLER);
  on_access(to, size, Access::write, AIOPS_CALLER);
  return std::memcpy(to, from, size);
}
void* __tsan_memset(void* to, int value, std::size_t size) {  // clang
  on_access(to, size, Access::write, AIOPS_CALLER);
  return std::memset(to, value, size);
}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_init() {}
void __tsan_vptr_update(void*, void*) {}
void __tsan_vptr_read(void*) {}
}
