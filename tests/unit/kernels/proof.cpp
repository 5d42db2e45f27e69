// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/kernels/proof.hpp"

#include "kernels/random.hpp"
#include "kernels/reference/random.hpp"

#include <cmath>
#include <limits>

namespace aiops::kernels {

Numbers some_numbers(std::int64_t count, std::uint64_t stream, double deviation) {
  Numbers numbers;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i) {
    const double exact = deviation * normal_quantile(uniform(11, stream, i));
    numbers.push_back(static_cast<double>(static_cast<float>(exact)));
  }
  return numbers;
}

std::vector<std::int32_t> some_tokens(std::int64_t count, std::int64_t vocab, std::int64_t skip) {
  std::vector<std::int32_t> tokens;
  for (std::int64_t i = 0; i < count; ++i) {
    const double u = uniform(12, 0, static_cast<std::uint64_t>(i));
    tokens.push_back(skip != 0 && i % skip == skip - 1
                         ? -1
                         : static_cast<std::int32_t>(u * static_cast<double>(vocab)));
  }
  return tokens;
}

Floats garbage(std::size_t size) { return Floats(size, std::numeric_limits<float>::quiet_NaN()); }

Floats added(std::size_t size, const std::function<void(float*)>& add) {
  constexpr float kBefore = 0.25F;
  Floats buffer(size, kBefore);
  add(buffer.data());
  for (float& x : buffer) x -= kBefore;
  return buffer;
}

}  // namespace aiops::kernels
