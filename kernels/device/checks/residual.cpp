// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/residual.hpp"

#include "kernels/device/checks/checks.hpp"

namespace aiops::kernels::device {

// In packs of 16 bytes, and not.
void check_residual(Workbench& bench) {
  for (const Type type : kTypes)
    for (const std::int64_t count : {1, 1024, 1031}) {
      const Numbers branch = bench.numbers(count, type);
      const Numbers before = bench.numbers(count, type);
      const Array there = bench.put(branch, type);
      const Array sum = bench.put(before, type);
      const aiops_residual parameters{.type = static_cast<std::int32_t>(type),
                                      .count = count,
                                      .branch = there.data(),
                                      .stream = sum.data()};
      bench.check(std::to_string(count) + " elements", type, parameters,
                  {{sum, reference::residual(branch, before)}});
    }
}

}  // namespace aiops::kernels::device
