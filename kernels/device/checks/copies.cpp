// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "kernels/device/checks/checks.hpp"

#include <algorithm>

namespace aiops::kernels::device {

// Up, across the device and down again, at sizes beside and across pages.
void check_copies(Workbench& bench) {
  for (const std::uint64_t bytes : {1U, 255U, 4096U, 4097U, 3U << 20U})
    bench.check("copies", std::to_string(bytes) + " bytes", [&](CheckResult& result) {
      const Device& device = bench.device();
      const Memory from(device, bytes, Memory::Place::pinned);
      const Memory to(device, bytes, Memory::Place::pinned);
      const Memory first(device, bytes);
      const Memory second(device, bytes);
      for (std::uint64_t i = 0; i < bytes; ++i)
        from.span<unsigned char>()[i] = static_cast<unsigned char>(i * 131 + (i >> 8U));
      std::ranges::fill(to.span<unsigned char>(), static_cast<unsigned char>(0));
      bench.stream().upload(first.data(), from, bytes);
      bench.stream().copy(second.data(), first.data(), bytes);
      bench.stream().download(to, second.data(), bytes);
      bench.stream().synchronise();
      if (!std::ranges::equal(from.span<unsigned char>(), to.span<unsigned char>()))
        result.state = CheckResult::State::differs;
    });
}

}  // namespace aiops::kernels::device
