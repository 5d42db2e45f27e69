// SPDX-License-Identifier: Apache-2.0
// What an operator owes before it may land. Its oracle in double precision is proved by finite
// differences, the CPU's operator by its oracle, and both passes by the same bits for 1, 2 and 3
// threads. operators_test.cpp expands kernels/operators.hpp into calls of prove_NAME(): an operator
// without proofs does not link.
#pragma once

#include "base/thread_pool.hpp"
#include "kernels/reference/numbers.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aiops::kernels {

using Floats = std::vector<float>;
using reference::Numbers;

// How far the CPU may be from its oracle, relative to the largest element of the array.
struct Tolerance {
  double forward, gradient;
};
inline constexpr Tolerance kFp32{3e-6, 1e-5};
// Operands are rounded by up to 2^-9, and a gradient goes through three products of them.
inline constexpr Tolerance kBf16{1e-2, 2e-2};

// One operator at one shape. Every function gets the inputs, then, for gradients, the gradient of
// the output.
struct Proof {
  std::string shape;
  Tolerance tolerance = kFp32;
  std::vector<Numbers> inputs = {};
  std::function<Numbers(const std::vector<Numbers>&)> oracle = {};
  std::function<Floats(const std::vector<Floats>&, ThreadPool&)> cpu = {};
  // One array per input; empty functions where there is no gradient (a step of an optimiser).
  std::function<std::vector<Numbers>(const std::vector<Numbers>&, const Numbers&)> oracle_gradient =
      {};
  std::function<std::vector<Floats>(const std::vector<Floats>&, const Floats&, ThreadPool&)>
      cpu_gradient = {};
};

// `count` normal numbers that a float can hold, the same in every run.
Numbers some_numbers(std::int64_t count, std::uint64_t stream, double deviation = 1);

// Tokens below `vocab`; every `skip`-th is -1 when skip is not 0.
std::vector<std::int32_t> some_tokens(std::int64_t count, std::int64_t vocab,
                                      std::int64_t skip = 0);

// What an overwritten buffer holds before: a reader of it is found out.
Floats garbage(std::size_t size);

// Runs `add` on a gradient buffer that already holds something, and takes that off again.
Floats added(std::size_t size, const std::function<void(float*)>& add);

}  // namespace aiops::kernels
