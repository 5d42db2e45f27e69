// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/fakes/cudnn/objects.hpp"

#include <array>
#include <optional>

namespace aiops::fakes {

using Place = std::array<std::int64_t, 4>;  // an index along each extent

// What a tensor descriptor says.
struct TensorFacts {
  explicit TensorFacts(const Recorded& descriptor);

  std::int64_t uid;
  cudnnDataType_t type;
  Place extents, strides;
  std::int64_t alignment;
  bool is_virtual, is_by_value;

  std::int64_t elements() const { return extents[0] * extents[1] * extents[2] * extents[3]; }
  std::int64_t offset(const Place& at) const;
  std::size_t element_bytes() const;
  std::size_t bytes() const;  // from the first element to behind the last
  // What the type keeps of a number.
  double rounded(double value) const;
};

// Calls visit(place) for every element, the last extent fastest.
template <typename Visit>
void for_each_place(const Place& extents, const Visit& visit) {
  Place at{};
  for (at[0] = 0; at[0] < extents[0]; ++at[0])
    for (at[1] = 0; at[1] < extents[1]; ++at[1])
      for (at[2] = 0; at[2] < extents[2]; ++at[2])
        for (at[3] = 0; at[3] < extents[3]; ++at[3]) visit(at);
}

// A tensor with its numbers: in device memory, or kept here while the graph is walked.
class Tensor {
 public:
  Tensor(const TensorFacts& facts, void* memory);  // without memory: between operations
  Tensor(const TensorFacts& facts, double by_value);

  const TensorFacts& facts() const { return facts_; }
  // Where an extent is smaller than asked for, neighbours share an element: one for all when it is
  // 1, else as heads of queries share heads of keys.
  double read(const Place& at, const Place& of) const;
  double read(const Place& at) const { return read(at, facts_.extents); }
  void write(const Place& at, double value);
  bool is_known() const { return known_; }
  void set_known(bool known) { known_ = known; }

 private:
  std::size_t dense(const Place& at) const;

  TensorFacts facts_;
  void* memory_;
  std::vector<double> numbers_;
  bool known_;
};

}  // namespace aiops::fakes
