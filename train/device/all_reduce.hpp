// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

namespace aiops::train {

// Where ranks with a GPU each add their gradients.
enum class AllReduce {
  automatic,  // by NCCL where every rank has it and a GPU to itself, else on the hosts
  nccl,       // on the GPUs, or not at all
  host,
};

inline constexpr std::array kAllReduces{AllReduce::automatic, AllReduce::nccl, AllReduce::host};

// As a configuration says it.
const char* name_of(AllReduce choice);

}  // namespace aiops::train
