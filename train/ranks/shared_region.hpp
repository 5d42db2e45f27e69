// SPDX-License-Identifier: Apache-2.0
// The memory that the ranks of one host share.
#pragma once

#include "base/fd.hpp"
#include "train/ranks/failure.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace aiops::train {

struct SharedHeader;

// A process that makes one and forks shares it with its children; others map its descriptor.
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
  // kChunk values: of rank `rank` in buffer `buffer` of kBuffers.
  float* buffer(std::size_t buffer, std::size_t rank) const;
  // kChunk values: one of kSlots for what other hosts send. Only of many hosts.
  float* slot(std::size_t index) const;

  // Only the first call has an effect.
  void fail(int rank, const Error& error) noexcept;
  std::optional<Failure> failure() const;

 private:
  void map();

  Fd descriptor_;
  std::size_t bytes_ = 0;
  SharedHeader* header_ = nullptr;
};

}  // namespace aiops::train
