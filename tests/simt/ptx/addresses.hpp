// SPDX-License-Identifier: Apache-2.0
// Where an operand of memory points to. Global and constant addresses are pointers, and so are
// generic ones; shared ones count from the beginning of shared memory; parameters and local
// memory are the thread's own.
#pragma once

#include "tests/simt/ptx/instruction.hpp"
#include "tests/simt/runtime/shared_memory.hpp"

namespace aiops::simt::ptx {

enum class Space { generic, shared, local, parameter };

template <Space Where>
auto address(Lane& lane, const Instruction& i, int k) {
  const auto value = lane.get<std::uint64_t>(i, k);
  if constexpr (Where == Space::shared) {
    return shared_memory() + static_cast<std::uint32_t>(value);
  } else if constexpr (Where == Space::parameter) {
    return reinterpret_cast<const char*>(lane.parameters) + value;
  } else {
    return reinterpret_cast<char*>(value);
  }
}

}  // namespace aiops::simt::ptx
