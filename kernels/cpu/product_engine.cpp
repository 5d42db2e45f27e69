// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/product_engine.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

namespace aiops::kernels {
namespace {

std::vector<InstructionSet> detect() {
  std::vector<InstructionSet> sets{InstructionSet::portable};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    sets.push_back(InstructionSet::avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    sets.push_back(InstructionSet::avx512);
  if (sets.back() == InstructionSet::avx512 && __builtin_cpu_supports("avx512bf16"))
    sets.push_back(InstructionSet::avx512_bf16);
#endif
  return sets;
}

std::atomic<InstructionSet>& limit() {
  static std::atomic<InstructionSet> most = available_instruction_sets().back();
  return most;
}

}  // namespace

std::span<const InstructionSet> available_instruction_sets() {
  static const std::vector<InstructionSet> sets = detect();
  return sets;
}

const ProductEngine& product_engine(Precision precision) {
#if defined(__x86_64__)
  switch (limit().load(std::memory_order_relaxed)) {
    case InstructionSet::avx512_bf16:
      if (precision == Precision::bf16) return avx512_bf16_engine();
      [[fallthrough]];
    case InstructionSet::avx512:
      return avx512_engine(precision);
    case InstructionSet::avx2:
      return avx2_engine(precision);
    case InstructionSet::portable:
      break;
  }
#endif
  return portable_engine(precision);
}

InstructionLimit::InstructionLimit(InstructionSet most) : before_(limit()) {
  limit() = std::min(most, available_instruction_sets().back());
}

InstructionLimit::~InstructionLimit() { limit() = before_; }

}  // namespace aiops::kernels
