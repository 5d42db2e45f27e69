// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/checks/workbench.hpp"

#include "base/error.hpp"
#include "kernels/cpu/bfloat16.hpp"
#include "kernels/random.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace aiops::kernels::device {
namespace {

constexpr std::uint64_t kSeed = 2026;

std::uint64_t size_of(Type type) {
  return type == Type::bf16 ? 2 : type == Type::fp32 || type == Type::int32 ? 4 : 8;
}

template <typename Element>
void store(std::byte* to, Element value) {
  std::memcpy(to, &value, sizeof value);
}

template <typename Element>
Element load(const std::byte* from) {
  Element value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

void write(std::byte* to, double number, Type type) {
  switch (type) {
    case Type::fp32:
      return store(to, static_cast<float>(number));
    case Type::bf16:
      return store(
          to, static_cast<std::uint16_t>(
                  std::bit_cast<std::uint32_t>(to_bfloat16(static_cast<float>(number))) >> 16U));
    case Type::fp64:
      return store(to, number);
    case Type::int32:
      return store(to, static_cast<std::int32_t>(number));
    case Type::int64:
      return store(to, static_cast<std::int64_t>(number));
  }
}

double read_from(const std::byte* from, Type type) {
  switch (type) {
    case Type::fp32:
      return static_cast<double>(load<float>(from));
    case Type::bf16:
      return static_cast<double>(
          std::bit_cast<float>(std::uint32_t{load<std::uint16_t>(from)} << 16U));
    case Type::fp64:
      return load<double>(from);
    case Type::int32:
      return load<std::int32_t>(from);
    case Type::int64:
      return static_cast<double>(load<std::int64_t>(from));
  }
  return 0;
}

// What the type keeps of a number.
double rounded(double number, Type type) {
  std::byte bytes[8];
  write(bytes, number, type);
  return read_from(bytes, type);
}

}  // namespace

const char* name_of(Type type) {
  switch (type) {
    case Type::fp32:
      return "fp32";
    case Type::bf16:
      return "bf16";
    case Type::fp64:
      return "fp64";
    case Type::int32:
      return "int32";
    case Type::int64:
      return "int64";
  }
  return "?";
}

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

Numbers plus(Numbers a, const Numbers& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

Numbers Workbench::numbers(std::int64_t count, Type type) {
  const std::uint64_t stream = next_++;
  Numbers numbers(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = rounded(normal_quantile(uniform(kSeed, stream, i)), type);
  return numbers;
}

Array Workbench::put(const Numbers& numbers, Type type) {
  Array array(device_, static_cast<std::int64_t>(numbers.size()), type);
  Memory host(device_, array.bytes(), Memory::Place::pinned);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    write(host.data() + i * size_of(type), numbers[i], type);
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
    numbers[i] = read_from(host.data() + i * size_of(array.type()), array.type());
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
