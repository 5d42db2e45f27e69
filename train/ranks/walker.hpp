// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace aiops::train {

// Walks over an array in parts, chunk by chunk.
class Walker {
 public:
  explicit Walker(std::span<const std::span<float>> parts) : parts_(parts) {}

  // Calls piece(values, offset in the chunk) for the next `count` values.
  template <typename Piece>
  void next(std::size_t count, const Piece& piece) {
    for (std::size_t done = 0; done < count;) {
      while (at_ == parts_[part_].size()) {
        ++part_;
        at_ = 0;
      }
      const std::size_t size = std::min(count - done, parts_[part_].size() - at_);
      piece(parts_[part_].subspan(at_, size), done);
      at_ += size;
      done += size;
    }
  }

 private:
  std::span<const std::span<float>> parts_;
  std::size_t part_ = 0, at_ = 0;
};

// Of a piece at `at`, what lies from `first` to `last`: piece(values, offset), or nothing.
template <typename Piece>
void clip(std::span<float> values, std::size_t at, std::size_t first, std::size_t last,
          const Piece& piece) {
  const std::size_t begin = std::max(at, first), end = std::min(at + values.size(), last);
  if (begin < end) piece(values.subspan(begin - at, end - begin), begin);
}

}  // namespace aiops::train
