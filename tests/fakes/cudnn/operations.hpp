// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/fakes/cudnn/tensor.hpp"

namespace aiops::fakes {

// The operands of one operation.
struct Operands {
  const Tensor* x = nullptr;
  const Tensor* b = nullptr;
  const Tensor* condition = nullptr;
  Tensor* y = nullptr;
};

// Computes y. What is wrong with the operation, or not modelled; empty: nothing.
std::string run_operation(const Recorded& operation, const Operands& operands);

}  // namespace aiops::fakes
