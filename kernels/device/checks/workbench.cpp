// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/checks/workbench.hpp"

#include "base/error.hpp"
#include "kernels/cpu/bfloat16.hpp"
#include "kernels/random.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace aiops::kernels::device {
namespace {

constexpr std::uint64_t kSeed = 2026;

std::uint64_t size_of(Type type) { return type == Type::bf16 ? 2 : 4; }

float rounded(double number, Type type) {
  const auto value = static_cast<float>(number);
  return type == Type::bf16 ? to_bfloat16(value) : value;
}

}  // namespace

const char* name_of(Type type) { return type == Type::bf16 ? "bf16" : "fp32"; }

const char* name_of(CheckResult::State state) {
  switch (state) {
    case CheckResult::State::agrees:
      return "agrees";
    case CheckResult::State::differs:
      return "differs";
    case CheckResult::State::not_served:
      return "not served";
  }
  return "differs";
}

Array::Array(const Device& device, std::int64_t count, Type type)
    : count_(count),
      type_(type),
      memory_(device, static_cast<std::uint64_t>(count) * size_of(type)) {}

Numbers Workbench::numbers(std::int64_t count, Type type) {
  const std::uint64_t stream = next_++;
  Numbers numbers(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = static_cast<double>(rounded(normal_quantile(uniform(kSeed, stream, i)), type));
  return numbers;
}

Array Workbench::put(const Numbers& numbers, Type type) {
  Array array(device_, static_cast<std::int64_t>(numbers.size()), type);
  Memory host(device_, array.bytes(), Memory::Place::pinned);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const float value = rounded(numbers[i], type);
    if (type == Type::fp32)
      host.span<float>()[i] = value;
    else
      host.span<std::uint16_t>()[i] =
          static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16U);
  }
  stream_.upload(array.data(), host, array.bytes());
  stream_.synchronise();
  return array;
}

Array Workbench::room(std::int64_t count, Type type) {
  Array array(device_, count, type);
  stream_.fill(array.data(), 0xFF, array.bytes());
  return array;
}

Numbers Workbench::read(const Array& array) {
  Memory host(device_, array.bytes(), Memory::Place::pinned);
  stream_.download(host, array.data(), array.bytes());
  stream_.synchronise();
  Numbers numbers(static_cast<std::size_t>(array.count()));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = static_cast<double>(
        array.type() == Type::fp32
            ? host.span<float>()[i]
            : std::bit_cast<float>(std::uint32_t{host.span<std::uint16_t>()[i]} << 16U));
  return numbers;
}

// A NaN is further away than anything, and stays so.
void Workbench::compare(const std::vector<Expected>& expected, CheckResult& result) {
  for (const Expected& one : expected) {
    const Numbers got = read(one.got);
    double largest = 1e-2;  // what cancels to less is held to the size of its terms
    for (const double number : one.numbers) largest = std::max(largest, std::abs(number));
    for (std::size_t i = 0; i < one.numbers.size(); ++i) {
      const double error = std::abs(got[i] - one.numbers[i]) / largest;
      if (!(error <= result.error) && !std::isnan(result.error)) result.error = error;
    }
  }
  if (!(result.error <= result.allowed)) result.state = CheckResult::State::differs;
}

void Workbench::note(CheckResult result, const Tolerance& tolerance,
                     const std::function<void(CheckResult&)>& work) {
  result.allowed = result.type == "bf16"   ? tolerance.bf16
                   : result.type == "fp32" ? tolerance.fp32
                                           : 0;
  try {
    work(result);
    stream_.synchronise();  // what was queued for it may not outlive its memory
  } catch (const Error& error) {
    result.state = CheckResult::State::differs;
    result.remark = error.message;
  }
  results_.push_back(std::move(result));
}

}  // namespace aiops::kernels::device
