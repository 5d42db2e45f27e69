// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/swiglu.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

namespace aiops::kernels::device {

void check_swiglu(Workbench& bench) {
  for (const Type type : kTypes)
    for (const Swiglu& shape : {Swiglu{1, 1}, Swiglu{5, 64}, Swiglu{3, 129}}) {
      const std::string text = fmt::format("{} rows of {}", shape.rows, shape.width);
      const Numbers gate_up = bench.numbers(shape.rows * 2 * shape.width, type);
      const Numbers out_gradient = bench.numbers(shape.rows * shape.width, type);
      const Array there = bench.put(gate_up, type);
      const Array out = bench.room(shape.rows * shape.width, type);
      const aiops_swiglu_forward forward{.type = static_cast<std::int32_t>(type),
                                         .rows = shape.rows,
                                         .width = shape.width,
                                         .gate_up = there.data(),
                                         .out = out.data()};
      bench.check(text, type, forward, {{out, reference::swiglu(shape, gate_up)}});

      const Array there_gradient = bench.put(out_gradient, type);
      const Array gradient = bench.room(there.count(), type);
      const aiops_swiglu_backward backward{.type = static_cast<std::int32_t>(type),
                                           .rows = shape.rows,
                                           .width = shape.width,
                                           .gate_up = there.data(),
                                           .out_gradient = there_gradient.data(),
                                           .gate_up_gradient = gradient.data()};
      bench.check(text, type, backward,
                  {{gradient, reference::swiglu_gradient(shape, gate_up, out_gradient)[0]}});
    }
}

}  // namespace aiops::kernels::device
