// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/bias.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

namespace aiops::kernels::device {

void check_bias(Workbench& bench) {
  for (const Type type : kTypes)
    for (const Bias& shape : {Bias{1, 8}, Bias{33, 64}, Bias{7, 37}}) {
      const std::string text = fmt::format("{} rows of {}", shape.rows, shape.width);
      const Numbers bias = bench.numbers(shape.width, type);
      const Numbers x = bench.numbers(shape.rows * shape.width, type);
      const Array there = bench.put(bias, type);
      const Array y = bench.put(x, type);
      const aiops_bias_forward forward{.type = static_cast<std::int32_t>(type),
                                       .rows = shape.rows,
                                       .width = shape.width,
                                       .bias = there.data(),
                                       .y = y.data()};
      bench.check(text, type, forward, {{y, reference::bias(shape, bias, x)}});

      const Numbers before = bench.numbers(shape.width, Type::fp32);
      const Array y_gradient = bench.put(x, type);
      const Array sum = bench.put(before, Type::fp32);
      const aiops_bias_backward backward{.type = static_cast<std::int32_t>(type),
                                         .rows = shape.rows,
                                         .width = shape.width,
                                         .y_gradient = y_gradient.data(),
                                         .bias_gradient = sum.floats()};
      bench.check(text, type, backward,
                  {{sum, plus(before, reference::bias_gradient(shape, x)[0])}});
    }
}

}  // namespace aiops::kernels::device
