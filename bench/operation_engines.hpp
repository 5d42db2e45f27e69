// SPDX-License-Identifier: Apache-2.0
// What else does an operation of bench/operations.hpp, on the same arrays.
#pragma once

#include "base/json.hpp"
#include "bench/onednn.hpp"
#include "bench/operations.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aiops::bench {

std::vector<std::string> operator_engines();  // aiops: kernels/; onednn: the library
bool engine_has(const std::string& engine, const OperationKind& kind);

class OperatorEngine {
 public:
  // `name` is one of operator_engines(). Throws what OneDnn() throws.
  OperatorEngine(const std::string& name, std::size_t threads);

  // Has the operation run on this engine, whatever it ran on. Returns the record's `engine`.
  Json adopt(const OperationKind& kind, Operation& operation) const;
  // Ahead of each sample, and behind it.
  std::function<void()> before() const;
  std::function<void()> after() const;

 private:
  std::shared_ptr<const OneDnn> library_;  // null: our own
};

}  // namespace aiops::bench
