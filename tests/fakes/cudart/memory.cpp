// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/cudart/memory.hpp"

#include "tests/simt/runtime/device.hpp"
#include "tests/simt/runtime/device_memory.hpp"

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

void* Arena::allocate(std::size_t bytes, int device) {
  if (bytes > kBytes - used_) return nullptr;
  const std::string name = "allocation " + std::to_string(++allocations_);
  void* const memory = simt::allocate(bytes, name, kAlignment);
  if (memory == nullptr) return nullptr;
  const simt::Allocation& found = *simt::allocation_at(static_cast<const char*>(memory));
  const Block block{found.pages, found.pages_size, bytes, device};
  protect(block, PROT_NONE);
  used_ += block.page_bytes;
  blocks_.emplace(static_cast<const std::byte*>(memory), block);
  return memory;
}

bool Arena::release(void* memory) {
  const auto found = blocks_.find(static_cast<const std::byte*>(memory));
  if (found == blocks_.end()) return false;
  used_ -= found->second.page_bytes;
  blocks_.erase(found);
  simt::release(memory);
  return true;
}

bool Arena::contains(const void* address) const {
  return simt::in_device_memory(static_cast<const char*>(address));
}

std::optional<Range> Arena::find(const void* address) const {
  const auto* at = static_cast<const std::byte*>(address);
  auto after = blocks_.upper_bound(at);
  if (after == blocks_.begin()) return std::nullopt;
  const auto& [begin, block] = *--after;
  if (at >= begin + block.bytes) return std::nullopt;
  return Range{begin, block.bytes};
}

int Arena::device_of(const void* address) const {
  const auto found = find(address);
  return found ? blocks_.at(static_cast<const std::byte*>(found->begin)).device : -1;
}

void Arena::open() {
  for (const auto& [begin, block] : blocks_) protect(block, PROT_READ | PROT_WRITE);
}

void Arena::close() {
  for (const auto& [begin, block] : blocks_) protect(block, PROT_NONE);
}

void Arena::protect(const Block& block, int protection) {
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
