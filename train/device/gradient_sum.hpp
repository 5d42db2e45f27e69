// SPDX-License-Identifier: Apache-2.0
// How the ranks of a run add their gradients: in memory that they share, or that links carry; or,
// where each has a GPU, there, by NCCL. With `deterministic` the terms are added in the order of
// the ranks wherever that happens, so that the sums are the same bits.
#pragma once

#include "kernels/device/communicator.hpp"
#include "train/config/config.hpp"
#include "train/ranks/collective.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace aiops::train {

class GradientSum {
 public:
  // All ranks settle it together. Throws Error{no_gpu} where NCCL must and cannot.
  GradientSum(const TrainConfig& config, Model& model, Collective& ranks);

  // Of the model's gradients, in place, over all ranks. Throws when one of them fails or is gone.
  void add();
  // For all ranks, after a barrier behind the last sum. Without it the others are not waited for.
  void leave();

  // What does it, and why, as a person reads it: "on the GPUs by NCCL 2.28.9, in the order of the
  // ranks", "on the hosts: ranks 0 and 1 share a GPU". Empty: there is no choice.
  const std::string& how() const { return how_; }
  bool is_by_nccl() const { return communicator_.has_value(); }

 private:
  void join(const TrainConfig& config, const std::string& library);
  void take_host_memory();
  void add_on_hosts();

  Model& model_;
  Collective& ranks_;
  std::vector<std::span<float>> gradients_;
  kernels::Arena shared_;  // the same on the host, where a device has them
  std::string how_;
  std::optional<kernels::device::Communicator> communicator_;
};

}  // namespace aiops::train
