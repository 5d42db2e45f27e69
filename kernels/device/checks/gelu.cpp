// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/gelu.hpp"

#include "kernels/device/checks/checks.hpp"

namespace aiops::kernels::device {

// In packs of 16 bytes, and not.
void check_gelu(Workbench& bench) {
  for (const Type type : kTypes)
    for (const std::int64_t count : {1, 1024, 1031}) {
      const std::string shape = std::to_string(count) + " elements";
      const Numbers x = bench.numbers(count, type);
      const Numbers out_gradient = bench.numbers(count, type);
      const Array there = bench.put(x, type);
      const Array out = bench.room(count, type);
      const aiops_gelu_forward forward{.type = static_cast<std::int32_t>(type),
                                       .count = count,
                                       .x = there.data(),
                                       .out = out.data()};
      bench.check(shape, type, forward, {{out, reference::gelu(x)}});

      const Array there_gradient = bench.put(out_gradient, type);
      const Array x_gradient = bench.room(count, type);
      const aiops_gelu_backward backward{.type = static_cast<std::int32_t>(type),
                                         .count = count,
                                         .x = there.data(),
                                         .out_gradient = there_gradient.data(),
                                         .x_gradient = x_gradient.data()};
      bench.check(shape, type, backward,
                  {{x_gradient, reference::gelu_gradient(x, out_gradient)[0]}});
    }
}

}  // namespace aiops::kernels::device
