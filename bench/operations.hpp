// SPDX-License-Identifier: Apache-2.0
// The operators of kernels/ that move memory more than they multiply, each with arrays to work on.
#pragma once

#include "base/thread_pool.hpp"
#include "bench/memory_probe.hpp"
#include "bench/workspace.hpp"
#include "kernels/adamw.hpp"
#include "kernels/rope.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aiops::bench {

struct Operation {
  Traffic traffic;  // of one run, small arrays such as weights left out
  std::function<void(ThreadPool&)> run;
  // After the first run: the largest error of what it made, as a share of the largest number.
  std::function<double()> error;
  // What it works on, for whoever does the same in another way (bench/operation_engines.hpp).
  std::shared_ptr<const Workspace> arrays = nullptr;
  // Where run() only queues: waits for it; and then brings what was made to the arrays.
  std::function<void()> finish = {}, fetch = {};
};

struct OperationKind {
  std::string name, pass;
  Traffic floats;  // of each element of rows x width: how often it is read, written, changed
  std::function<Operation(const OperatorShape&, const Traffic&)> make;
};

const std::vector<OperationKind>& operation_kinds();
// Heads of 64 where the width has them, otherwise one head; rows are texts of 512 tokens.
kernels::Rope rope_of(const OperatorShape& shape);
inline const kernels::AdamWConstants kAdamW{.weight_decay = 0.1};  // of the first step
// What the loss of each row is to find: below the width.
std::vector<std::int32_t> targets_of(const OperatorShape& shape);

}  // namespace aiops::bench
