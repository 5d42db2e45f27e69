// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/runtime/device_memory.hpp"

#include "tests/simt/runtime/device.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <utility>

namespace aiops::simt {
namespace {

constexpr std::size_t kReserve = std::size_t{64} << 30U;
constexpr std::size_t kPage = 4096;
constexpr int kRubbish = 0xFF;  // a NaN in every floating-point type, -1 in integers

char* arena() {
  static char* const start = [] {
    void* p =
        mmap(nullptr, kReserve, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) std::abort();
    return static_cast<char*>(p);
  }();
  return start;
}

std::size_t used = 0;
std::map<const char*, Allocation> allocations;  // by their first page

// Complains unless the host's copy stays in one allocation.
Allocation* host_access(const void* p, std::size_t bytes, const char* verb) {
  Allocation* found = allocation_of(static_cast<const char*>(p), bytes);
  if (found == nullptr)
    report(Fault::host_copy,
           text("the host %s %zu bytes at %p, which is not all of one allocation", verb, bytes, p));
  return found;
}

}  // namespace

bool in_device_memory(const char* p) { return p >= arena() && p < arena() + kReserve; }

Allocation* allocation_at(const char* p) {
  static Allocation* last = nullptr;
  if (last != nullptr && p >= last->pages && p < last->pages + last->pages_size) return last;
  auto after = allocations.upper_bound(p);
  if (after == allocations.begin()) return nullptr;
  return last = &std::prev(after)->second;
}

Allocation* allocation_of(const char* p, std::size_t size) {
  if (!in_device_memory(p)) return nullptr;
  Allocation* found = allocation_at(p);
  const bool whole =
      found != nullptr && found->live && p >= found->base && p + size <= found->base + found->size;
  return whole ? found : nullptr;
}

void* allocate(std::size_t bytes, std::string name, std::size_t alignment) {
  const std::size_t size = (bytes + kPage - 1) / kPage * kPage;
  if (size < bytes || size > kReserve || used + size + kPage > kReserve) return nullptr;
  char* pages = arena() + used;
  used += size + kPage;  // the page between is never opened
  mprotect(pages, size, PROT_READ | PROT_WRITE);
  std::memset(pages, kRubbish, size);
  char* base = pages + (size - bytes) / alignment * alignment;
  const bool checked = options().checks == Checks::on;
  allocations.emplace(pages, Allocation{base, bytes, std::move(name), pages, size, true,
                                        Shadow(checked ? bytes : 0)});
  return base;
}

void release(void* p) {
  Allocation* found =
      in_device_memory(static_cast<char*>(p)) ? allocation_at(static_cast<char*>(p)) : nullptr;
  if (found == nullptr || found->base != p || !found->live) {
    report(Fault::host_copy, text("the host frees %p, which is no allocation", p));
    return;
  }
  found->live = false;
  found->shadow = Shadow(0);
  madvise(found->pages, found->pages_size, MADV_DONTNEED);
  mprotect(found->pages, found->pages_size, PROT_NONE);
}

void copy_to_device(void* to, const void* from, std::size_t bytes) {
  if (host_access(to, bytes, "writes") == nullptr) return;
  std::memcpy(to, from, bytes);
  mark_written(to, bytes);
}

void copy_from_device(void* to, const void* from, std::size_t bytes) {
  if (host_access(from, bytes, "reads") != nullptr) std::memcpy(to, from, bytes);
}

void copy_on_device(void* to, const void* from, std::size_t bytes) {
  Allocation* source = host_access(from, bytes, "copies from");
  Allocation* target = host_access(to, bytes, "copies to");
  if (source == nullptr || target == nullptr) return;
  std::memmove(to, from, bytes);
  target->shadow.copy_marks(
      static_cast<std::size_t>(static_cast<char*>(to) - target->base), source->shadow,
      static_cast<std::size_t>(static_cast<const char*>(from) - source->base), bytes);
}

void fill(void* p, int value, std::size_t bytes) {
  if (host_access(p, bytes, "fills") == nullptr) return;
  std::memset(p, value, bytes);
  mark_written(p, bytes);
}

void mark_written(void* p, std::size_t bytes) {
  Allocation* target = host_access(p, bytes, "writes");
  if (target == nullptr) return;
  target->shadow.mark_initialised(static_cast<std::size_t>(static_cast<char*>(p) - target->base),
                                  bytes);
}

}  // namespace aiops::simt
