// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/newton_schulz.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aiops::kernels::device {

// Wide, square and tall.
void check_newton_schulz(Workbench& bench) {
  for (const auto& [rows, columns] : {std::pair{1, 1}, {7, 40}, {64, 64}, {130, 33}}) {
    const NewtonSchulz shape{.rows = rows, .columns = columns};
    // Singular values below about 1, as those of a matrix divided by its Frobenius norm.
    Numbers x = bench.numbers(shape.size(), Type::fp32);
    for (double& number : x)
      number = static_cast<double>(
          static_cast<float>(number * 0.5 / std::sqrt(std::max(rows, columns))));
    const Array there = bench.put(x, Type::fp32);
    const Array next = bench.room(shape.size(), Type::fp32);
    const aiops_newton_schulz parameters{.rows = rows,
                                         .columns = columns,
                                         .a = shape.a,
                                         .b = shape.b,
                                         .c = shape.c,
                                         .x = there.floats(),
                                         .next = next.floats()};
    bench.check(fmt::format("{} x {}", rows, columns), Type::fp32, parameters,
                {{next, reference::newton_schulz(shape, x)}});
  }
}

}  // namespace aiops::kernels::device
