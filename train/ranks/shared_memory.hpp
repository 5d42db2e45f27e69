// SPDX-License-Identifier: Apache-2.0
// Ranks on one host, by memory that they share.
#pragma once

#include "base/error.hpp"
#include "base/fd.hpp"
#include "train/ranks/collective.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiops::train {

struct SharedHeader;

// The memory itself. A process that makes one and forks shares it with its children; others map its
// descriptor.
class SharedRegion {
 public:
  static constexpr int kMostRanks = 64;

  // Zeroed memory for `ranks` ranks, a few MiB. Throws Error{failed} when there is none, and
  // Error{usage} for more than kMostRanks.
  explicit SharedRegion(int ranks);
  // Maps what another process of this program made. Throws Error{failed} when it is something else.
  SharedRegion(Fd descriptor, int ranks);
  ~SharedRegion();
  SharedRegion(const SharedRegion&) = delete;
  SharedRegion& operator=(const SharedRegion&) = delete;

  int ranks() const;
  int descriptor() const { return descriptor_.get(); }
  SharedHeader& header() const { return *header_; }
  // Values of rank `rank` in buffer `buffer` of three.
  float* buffer(std::size_t buffer, int rank) const;

  // Why a run ended, as the first rank that failed, or its launcher, said.
  struct Failure {
    int rank = 0;
    Error error;
  };
  // Only the first call has an effect.
  void fail(int rank, const Error& error) noexcept;
  std::optional<Failure> failure() const;

 private:
  void map();

  Fd descriptor_;
  std::size_t bytes_ = 0;
  SharedHeader* header_ = nullptr;
};

// One rank. Threads of the process other than the caller of its functions have no part in it.
class SharedMemory final : public Collective {
 public:
  // Waits until every rank is there. Throws Error{failed} after `seconds`.
  SharedMemory(std::shared_ptr<SharedRegion> region, int rank, double seconds = 60);

  int rank() const override { return rank_; }
  int size() const override { return region_->ranks(); }
  void sum(std::span<const std::span<float>> parts) override;
  void sum(std::span<double> values) override;
  void broadcast(std::span<std::byte> bytes) override;
  void barrier() override;
  void abort(const Error& why) noexcept override;

 private:
  void join(double seconds);
  void check();        // throws when the run has failed
  void check_alive();  // or when a rank is gone
  bool is_gone(int rank);
  [[noreturn]] void tell(Error error);

  std::shared_ptr<SharedRegion> region_;
  int rank_;
  std::vector<Fd> processes_;  // a pidfd for each other rank
  std::uint64_t calls_ = 0;    // of the sum of few values
  bool told_ = false;          // the run ended by what another rank did
};

}  // namespace aiops::train
