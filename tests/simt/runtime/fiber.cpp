// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/runtime/fiber.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#if !defined(__x86_64__) || !defined(__linux__)
#error "fibers are written for x86-64 Linux"
#endif

extern "C" void aiops_simt_switch(void** save, void* load);

asm(R"(
.text
.globl aiops_simt_switch
.hidden aiops_simt_switch
.type aiops_simt_switch,@function
aiops_simt_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size aiops_simt_switch, .-aiops_simt_switch
)");

namespace aiops::simt {
namespace {

constexpr std::size_t kPage = 4096;
constexpr int kSaved = 6;  // registers that aiops_simt_switch pops

void* scheduler = nullptr;

char* stacks() {
  static char* const all = [] {
    const std::size_t size = kMostThreads * (Fiber::kStack + kPage);
    void* p = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) std::abort();
    for (std::size_t i = 0; i < kMostThreads; ++i)
      mprotect(static_cast<char*>(p) + i * (Fiber::kStack + kPage), kPage, PROT_NONE);
    return static_cast<char*>(p);
  }();
  return all;
}

}  // namespace

Fiber::Fiber(int number)
    : stack_(stacks() + static_cast<std::size_t>(number) * (kStack + kPage) + kPage) {}

void Fiber::start(void (*entry)()) {
  auto* top = reinterpret_cast<std::uintptr_t*>(stack_ + kStack);
  *--top = 0;  // where entry() would return to; the ABI wants 8 modulo 16 there
  *--top = reinterpret_cast<std::uintptr_t>(entry);
  top -= kSaved;
  std::memset(top, 0, kSaved * sizeof *top);
  top_ = top;
}

void Fiber::enter() { aiops_simt_switch(&scheduler, top_); }
void Fiber::leave() { aiops_simt_switch(&top_, scheduler); }

}  // namespace aiops::simt
