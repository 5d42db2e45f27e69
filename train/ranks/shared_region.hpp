// SPDX-License-Identifier: Apache-2.0
// The memory that the ranks of one host share.
#pragma once

#include "base/fd.hpp"
#include "train/ranks/failure.hpp"
#include "train/ranks/shared_floats.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

namespace aiops::train {

struct SharedHeader;

// A process that makes one and forks shares it with its children; others map its descriptor. The
// ranks of a run may also be threads of one process, and this their common object.
class SharedRegion {
 public:
  static constexpr int kMostRanks = 64;

  // Whether the run has ranks on other hosts, what they send is kept here, too.
  enum class Reach { this_host, many_hosts };

  // Zeroed memory for `ranks` ranks, a few MiB; a page is taken when it is first touched. Throws
  // Error{failed} when there is none, and Error{usage} for more than kMostRanks.
  explicit SharedRegion(int ranks, Reach reach = Reach::this_host);
  // Maps what another process of this program made. Throws Error{failed} when it is something else.
  SharedRegion(Fd descriptor, int ranks, Reach reach = Reach::this_host);
  ~SharedRegion();
  SharedRegion(const SharedRegion&) = delete;
  SharedRegion& operator=(const SharedRegion&) = delete;

  int ranks() const;
  int descriptor() const { return descriptor_.get(); }
  SharedHeader& header() const { return *header_; }
  // kChunk values for what one rank tells the others.
  float* scratch() const;
  // kChunk values: one of kSlots for what other hosts send. Only of many hosts.
  float* slot(std::size_t index) const;

  // Arrays of so many floats, one a rank: all ranks ask for the same ones in the same order, each
  // for numbers 0, 1, 2 …, and none for the next before all have this one. Throws Error{failed}.
  SharedFloats& floats(std::size_t number, std::uint64_t floats);
  // Where rank `to` has the value that rank `from` has at `place`, in any of these arrays; null: it
  // lies in none.
  float* twin(const float* place, std::size_t from, std::size_t to) const;

  // Only the first call has an effect.
  void fail(int rank, const Error& error) noexcept;
  std::optional<Failure> failure() const;

 private:
  void map();

  Fd descriptor_;
  std::size_t bytes_ = 0;
  SharedHeader* header_ = nullptr;
  std::mutex making_;
  std::deque<SharedFloats> floats_;
};

}  // namespace aiops::train
