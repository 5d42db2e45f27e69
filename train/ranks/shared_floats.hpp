// SPDX-License-Identifier: Apache-2.0
// Arrays of one length, one for each rank of a host, in a file in memory that all of them map. So a
// rank reads what another has written where it lies, and nothing is copied to be seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aiops::train {

// The arrays as one process maps them.
class SharedFloats {
 public:
  // What begins at byte `offset` of the file `descriptor`, a multiple of kPage, and makes the file
  // long enough. Throws Error{failed} when the system does not grant that.
  SharedFloats(int descriptor, std::uint64_t offset, std::size_t ranks, std::uint64_t floats);
  ~SharedFloats();
  SharedFloats(const SharedFloats&) = delete;
  SharedFloats& operator=(const SharedFloats&) = delete;

  static constexpr std::uint64_t kPage = 2u << 20;  // a large one

  // Takes the memory of a rank's array, zeros, near the caller and on large pages where the system
  // has some. Throws Error{failed} when there is not that much.
  void take(std::size_t rank);
  std::span<float> of(std::size_t rank) const { return {first_ + rank * stride_, floats_}; }
  // Where the value lies in `to`'s array that lies at `place` in `from`'s; null: it lies elsewhere.
  float* twin(const float* place, std::size_t from, std::size_t to) const;
  // Behind the last array.
  std::uint64_t end() const { return offset_ + ranks_ * stride_ * sizeof(float); }

 private:
  int descriptor_;
  std::uint64_t offset_;
  std::size_t ranks_, floats_;
  std::size_t stride_;  // floats from one array to the next
  std::byte* reserved_ = nullptr;
  float* first_ = nullptr;
};

}  // namespace aiops::train
