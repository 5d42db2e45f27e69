// SPDX-License-Identifier: Apache-2.0
// How much memory a training takes, before it takes any: the arenas are laid out over nothing and
// measured.
#pragma once

#include "train/config/config.hpp"
#include "train/ranks/collective.hpp"

#include <cstdint>
#include <string>

namespace aiops::train {

// Bytes by class, of one rank.
struct MemoryNeed {
  std::uint64_t parameters = 0;
  // Of what is trained: all parameters, or adapters alone. Of several ranks on a host each has its
  // own, in memory that it shares with the others: what the system says of a process counts theirs.
  std::uint64_t gradients = 0;
  std::uint64_t optimiser = 0;
  std::uint64_t activations = 0;  // of one batch, and what its products work in
  std::uint64_t cache = 0;        // keys and values, when the run writes samples
  std::uint64_t copy = 0;         // of what a checkpoint holds, while it is written
  // What the process has already: the program, the tokenizer, the data; not set by memory_need().
  std::uint64_t program = 0;

  // What a checkpoint holds, on disk: what is trained, and the optimiser's state.
  std::uint64_t checkpoint = 0;

  std::uint64_t total() const {
    return parameters + gradients + optimiser + activations + cache + copy + program;
  }
};

// What a training takes besides what the process has when its data is ready, where it is computed.
MemoryNeed memory_need(const ModelConfig& model, const TrainConfig& config);
// What of that is the host's: with a GPU, parameters and state that files are read into and written
// from.
MemoryNeed host_memory_need(const ModelConfig& model, const TrainConfig& config);

// Throws Error{failed} when that is more than each of `ranks` on a host has of what is `available`,
// with settings that would fit as the mend where there are some.
void require_memory(const ModelConfig& model, const TrainConfig& config, std::uint64_t available,
                    int ranks = 1);
// The same for one of several ranks, with what this host has. None takes any before all have
// looked.
void require_memory(const ModelConfig& model, const TrainConfig& config, Collective& ranks);

}  // namespace aiops::train
