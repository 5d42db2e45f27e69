// SPDX-License-Identifier: Apache-2.0
// What goes up for one pass: pinned memory that is filled, with memory of the device that it is
// copied to. Grows while a pass is told more than any before; then stays, so that what is staged in
// the same order lies at the same addresses.
#pragma once

#include "kernels/device/device.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace aiops::kernels::device {

class Staging {
 public:
  explicit Staging(const Device& device) : device_(device) {}

  // What was staged may be overwritten, once the copies of it are done.
  void begin(Stream& stream);
  // Queues a copy; where it will be.
  const std::byte* put(std::span<const std::byte> bytes, Stream& stream);

 private:
  struct Chunk {
    Chunk(const Device& device, std::uint64_t bytes);
    Memory here, there;
    std::uint64_t used = 0;
  };

  const Device& device_;
  std::vector<Chunk> chunks_;
};

}  // namespace aiops::kernels::device
