// SPDX-License-Identifier: Apache-2.0
// The ranks of a run. Those of one host share memory, in which also lies what they sum
// (crew_sum.cpp says how); the groups that this makes stand in a chain, in the order of their
// ranks, and the first rank of each is linked to the first ranks of the groups before and after.
//
// A sum runs along the chain: each group adds its values, rank by rank, to what the group before
// sends, and the last one's sums come back the same way. So sums are those of the ranks in their
// order, the same bits however the ranks lie on hosts.
#pragma once

#include "train/ranks/collective.hpp"
#include "train/ranks/group.hpp"
#include "train/ranks/link.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace aiops::train {

// Where a group stands in its run.
struct Standing {
  std::size_t group = 0, groups = 1;
};

class Crew final : public Collective {
 public:
  // All ranks on one host.
  Crew(std::shared_ptr<SharedRegion> region, int rank, double seconds = 60);
  // One of `ranks` on several hosts: `index` in the group whose first rank is `first`. Waits for
  // the others of it; throws Error{failed} after `seconds`. All must then open().
  Crew(std::shared_ptr<SharedRegion> region, int index, int first, int ranks, double seconds);

  bool is_first_here() const { return group_.index() == 0; }
  // The first rank of a group says where this stands, before it opens.
  void connect(const Standing& standing, Neighbours neighbours);
  void open();

  int rank() const override { return group_.rank(); }
  int size() const override { return ranks_; }
  int here() const override { return static_cast<int>(group_.size()); }
  kernels::Arena shared_floats(std::uint64_t floats) override;
  void sum(std::span<const std::span<float>> parts) override;
  void sum(std::span<double> values) override;
  void broadcast(std::span<std::byte> bytes) override;
  void barrier() override;
  void check() override;
  void abort(const Error& why) noexcept override;

 private:
  friend class Rounds;

  // Does `work`, of whose errors the neighbours hear.
  void together(const std::function<void()>& work);
  void end_links(const Failure& failure) noexcept;
  void sum_few(std::span<double> values);
  void sum_here(std::span<const std::span<float>> parts);
  float* twin(std::span<const float> mine, std::size_t index) const;
  void sum_along(std::span<double> sums, const std::function<void(std::size_t from)>& add_own);
  void broadcast_bytes(std::span<std::byte> bytes);

  void send_now(Link& link, std::span<const std::byte> bytes);
  void receive_now(Link& link, std::span<std::byte> bytes);
  // Moves messages until `done`, which may queue more of them.
  void pump(const std::function<bool()>& done);
  void wait_for_links();
  // Calls `ask` with each link there is; what a link ends with, the others here hear.
  void each_link(const std::function<void(Link&)>& ask);

  bool stands_alone() const { return standing_.groups == 1; }
  bool has_before() const { return standing_.group > 0; }
  bool has_after() const { return standing_.group + 1 < standing_.groups; }

  int ranks_;
  Standing standing_;
  Group group_;
  Neighbours links_;         // of the first rank here
  double looked_ = 0;        // when check() last looked whether the others live
  std::size_t arrays_ = 0;   // calls of shared_floats()
  std::uint64_t calls_ = 0;  // of the sum of few values
  std::uint64_t sums_ = 0;   // on this host alone
};

}  // namespace aiops::train
