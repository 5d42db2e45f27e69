// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/layer/executor.hpp"
#include "tests/simt/ptx/module.hpp"

namespace aiops::simt::ptx {

// Where threads meet is the instruction: nvcc may make several of one line, which must not meet.
inline Site site_of(const Lane& lane, const Instruction& i) {
  const auto index = static_cast<unsigned>(&i - lane.function->code.data());
  return {i.source.c_str(), static_cast<unsigned>(i.line), index};
}

}  // namespace aiops::simt::ptx
