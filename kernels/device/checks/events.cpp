// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/checks/checks.hpp"

#include <algorithm>

namespace aiops::kernels::device {

// Two streams hand one piece of memory to and fro; without their events the numbers would be wrong.
void check_events(Workbench& bench) {
  bench.check("events", "two streams, 8 turns", [&](CheckResult& result) {
    constexpr std::uint64_t kBytes = 1U << 20U;
    constexpr int kTurns = 8;
    const Device& device = bench.device();
    const Memory memory(device, kBytes);
    const Memory seen(device, kBytes, Memory::Place::pinned);
    Stream writer(device);
    Stream reader(device);
    Event written(device);
    Event read(device);
    for (int turn = 0; turn < kTurns; ++turn) {
      if (turn > 0) writer.wait(read);
      writer.fill(memory.data(), static_cast<unsigned char>(turn), kBytes);
      written.record(writer);
      reader.wait(written);
      reader.download(seen, memory.data(), kBytes);
      read.record(reader);
      read.synchronise();
      const auto is_other = [turn](unsigned char byte) { return byte != turn; };
      if (std::ranges::any_of(seen.span<unsigned char>(), is_other))
        result.state = CheckResult::State::differs;
    }
    writer.synchronise();
  });
}

}  // namespace aiops::kernels::device
