// SPDX-License-Identifier: Apache-2.0
// The ranks that share the memory of one host: consecutive ones, those of a run or some of them.
#pragma once

#include "base/fd.hpp"
#include "train/ranks/shared_region.hpp"

#include <memory>
#include <string>
#include <vector>

namespace aiops::train {

// As one of its ranks sees it. Threads of the process other than the caller of its functions have
// no part in it.
class Group {
 public:
  // `first` is the first rank here, this one is `first + index`. Waits until all are here; throws
  // Error{failed} after `seconds`.
  Group(std::shared_ptr<SharedRegion> region, int index, int first, double seconds);

  std::size_t index() const { return static_cast<std::size_t>(index_); }
  std::size_t size() const { return static_cast<std::size_t>(region_->ranks()); }
  int rank() const { return first_ + index_; }
  SharedRegion& region() const { return *region_; }
  std::shared_ptr<SharedRegion> shared_region() const { return region_; }

  // Every rank here has come. Throws when one of the run has failed or one of these is gone.
  void barrier();
  void check();        // throws when the run has failed
  void check_alive();  // or when one of these is gone
  // The run ends by `why` of `rank`; the others here hear of it. Only the first call has an effect.
  void fail(int rank, const Error& why) noexcept;
  // One of the calls above has thrown: the others know already.
  bool has_told() const { return told_; }

 private:
  void join(double seconds);
  bool is_gone(std::size_t index);
  [[noreturn]] void tell(Error error);
  std::string name_of(std::size_t index) const;

  std::shared_ptr<SharedRegion> region_;
  int index_, first_;
  std::vector<Fd> processes_;  // a pidfd for each rank here
  bool told_ = false;
};

}  // namespace aiops::train
