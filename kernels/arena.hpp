// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace aiops::kernels {

// A block of floats, zero, on huge pages where the kernel grants them. Pages become resident when
// they are first written, by and near the thread that writes.
class Arena {
 public:
  Arena() = default;
  // Throws Error{failed} when the system has not that much memory.
  explicit Arena(std::uint64_t floats);
  // Zeros that lie in something else, which stays as long as this.
  Arena(std::span<float> floats, std::shared_ptr<const void> owner);
  ~Arena();
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;

  float* data() const { return data_; }
  std::uint64_t size() const { return size_; }
  std::span<float> span() const { return {data_, size_}; }

 private:
  float* data_ = nullptr;
  std::uint64_t size_ = 0;
  std::shared_ptr<const void> owner_;
};

// Where an arena comes from, for who does not care.
using MakeArena = std::function<Arena(std::uint64_t floats)>;
inline Arena own_arena(std::uint64_t floats) { return Arena(floats); }

// Lays tensors out one behind the other, each on a cache line of its own. Walked twice: over
// nothing to learn the size, then over an arena.
class Layout {
 public:
  explicit Layout(float* base = nullptr) : base_(base) {}
  // The next `count` floats; nullptr while only measuring.
  float* take(std::int64_t count) {
    float* here = base_ == nullptr ? nullptr : base_ + used_;
    used_ += (static_cast<std::uint64_t>(count) + 15) / 16 * 16;
    return here;
  }
  std::uint64_t used() const { return used_; }

 private:
  float* base_;
  std::uint64_t used_ = 0;
};

}  // namespace aiops::kernels
