// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/cudart/memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace aiops::fakes {
namespace {

constexpr std::size_t kAlignment = 256;  // CUDA C++ Programming Guide, "Device Memory Accesses"
constexpr int kNan = 0xFF;               // in every type, when all bytes are this

std::size_t rounded(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}
std::size_t page() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

Arena::Arena() {
  void* reserved =
      ::mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) std::abort();
  base_ = static_cast<std::byte*>(reserved);
}

// An allocation ends where its last page does, and the page behind it is never opened.
void* Arena::allocate(std::size_t bytes) {
  const std::size_t size = rounded(bytes, kAlignment);
  const std::size_t pages = rounded(size, page());
  if (next_ + pages + page() > kBytes) return nullptr;
  const Block block{base_ + next_, pages, bytes};
  next_ += pages + page();
  used_ += pages;
  std::byte* const begin = block.pages + pages - size;
  protect(block, PROT_READ | PROT_WRITE);
  std::memset(block.pages, kNan, pages);
  protect(block, PROT_NONE);
  blocks_.emplace(begin, block);
  return begin;
}

bool Arena::release(void* memory) {
  const auto found = blocks_.find(static_cast<const std::byte*>(memory));
  if (found == blocks_.end()) return false;
  used_ -= found->second.page_bytes;
  ::madvise(found->second.pages, found->second.page_bytes, MADV_DONTNEED);
  blocks_.erase(found);
  return true;
}

bool Arena::contains(const void* address) const {
  const auto* at = static_cast<const std::byte*>(address);
  return at >= base_ && at < base_ + kBytes;
}

std::optional<Range> Arena::find(const void* address) const {
  const auto* at = static_cast<const std::byte*>(address);
  auto after = blocks_.upper_bound(at);
  if (after == blocks_.begin()) return std::nullopt;
  const auto& [begin, block] = *--after;
  if (at >= begin + block.bytes) return std::nullopt;
  return Range{begin, block.bytes};
}

void Arena::open() {
  for (const auto& [begin, block] : blocks_) protect(block, PROT_READ | PROT_WRITE);
}

void Arena::close() {
  for (const auto& [begin, block] : blocks_) protect(block, PROT_NONE);
}

void Arena::protect(const Block& block, int protection) const {
  if (::mprotect(block.pages, block.page_bytes, protection) != 0) std::abort();
}

void* PinnedMemory::allocate(std::size_t bytes) {
  void* memory = nullptr;
  if (::posix_memalign(&memory, page(), rounded(bytes, page())) != 0) return nullptr;
  std::memset(memory, kNan, bytes);
  blocks_.emplace(static_cast<const std::byte*>(memory), bytes);
  return memory;
}

bool PinnedMemory::release(void* memory) {
  if (blocks_.erase(static_cast<const std::byte*>(memory)) == 0) return false;
  std::free(memory);
  return true;
}

bool PinnedMemory::contains(const Range& range) const {
  const auto* at = static_cast<const std::byte*>(range.begin);
  auto after = blocks_.upper_bound(at);
  if (after == blocks_.begin()) return false;
  const auto& [begin, bytes] = *--after;
  return at + range.bytes <= begin + bytes;
}

}  // namespace aiops::fakes
