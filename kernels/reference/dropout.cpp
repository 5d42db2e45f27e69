// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/dropout.hpp"

#include "kernels/random.hpp"

#include <cmath>

namespace aiops::kernels::reference {

// Out of the block that kernels/cpu/dropout.cpp says.
std::uint32_t dropout_bits(const Dropout& shape, std::uint64_t number) {
  const std::uint64_t block = number / 512 * 64 + number % 64;
  const std::uint64_t half = number % 512 / 64;
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto words =
      philox({low(block), low(block >> 32), low(shape.stream), low(shape.stream >> 32)},
             {low(shape.seed), low(shape.seed >> 32)});
  return words[half / 2] >> (16 * (half % 2)) & 0xFFFF;
}

Numbers dropout(const Dropout& shape, const Numbers& x) {
  const double rate = std::round(shape.rate * 65536) / 65536;
  Numbers y;
  for (std::uint64_t i = 0; i < x.size(); ++i) {
    const bool drops = dropout_bits(shape, shape.first + i) / 65536.0 < rate;
    y.push_back(drops ? 0 : x[i] / (1 - rate));
  }
  return y;
}

// Linear in x, and nobody's neighbour matters: the gradient is dropped as the input was.
std::vector<Numbers> dropout_gradient(const Dropout& shape, const Numbers& y_gradient) {
  return {dropout(shape, y_gradient)};
}

}  // namespace aiops::kernels::reference
