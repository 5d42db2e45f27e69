// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/runtime/shared_memory.hpp"

#include "tests/simt/runtime/machine.hpp"

#include <cstring>
#include <deque>

namespace aiops::simt {
namespace {

constexpr std::size_t kArena = std::size_t{1} << 20U;
constexpr std::size_t kRedZone = 64;
constexpr int kRubbish = 0xFF;

alignas(4096) char arena[kArena];
std::deque<SharedArray> arrays;  // of this launch; the first is the dynamic one
std::size_t used = 0;

SharedArray& add(const void* key, const char* name, std::size_t size, std::size_t alignment) {
  used = (used + kRedZone + alignment - 1) / alignment * alignment;
  const bool checked = machine.options.checks == Checks::on;
  arrays.push_back({key, name, arena + used, size, Shadow(checked ? size : 0)});
  std::memset(arena + used, kRubbish, size);
  used += size;
  return arrays.back();
}

}  // namespace

char* shared_memory() { return arena; }
bool in_shared_memory(const char* p) { return p >= arena && p < arena + kArena; }

SharedArray* shared_array_of(const char* p, std::size_t size) {
  for (SharedArray& array : arrays)
    if (p >= array.base && p + size <= array.base + array.size) return &array;
  return nullptr;
}

SharedArray* shared_array_before(const char* p) {
  SharedArray* before = nullptr;
  for (SharedArray& array : arrays)
    if (p >= array.base) before = &array;
  return before;
}

std::size_t shared_bytes() {
  std::size_t sum = 0;
  for (const SharedArray& array : arrays) sum += array.size;
  return sum;
}

void begin_launch_shared(std::size_t dynamic_size) {
  arrays.clear();
  used = 0;
  add(nullptr, "dynamic shared memory", dynamic_size, 128);
}

void begin_block_shared() {
  for (SharedArray& array : arrays) {
    std::memset(array.base, kRubbish, array.size);
    array.shadow.forget();
  }
}

void* shared_array(const void* key, const char* name, std::size_t size, std::size_t alignment) {
  for (const SharedArray& array : arrays)
    if (array.key == key) return array.base;
  if (shared_bytes() + size > kMostShared) {
    report(Fault::launch,
           text("shared memory of %zu bytes is more than a block can have", shared_bytes() + size));
    stop_launch();
  }
  return add(key, name, size, std::max<std::size_t>(alignment, 16)).base;
}

void* dynamic_shared_array() { return arrays.front().base; }

}  // namespace aiops::simt
