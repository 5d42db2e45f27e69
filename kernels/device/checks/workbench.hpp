// SPDX-License-Identifier: Apache-2.0
// What a check of the device is written with: numbers go up, an operator runs, and what it wrote is
// compared with the reference in double precision.
#pragma once

#include "kernels/device/device.hpp"
#include "kernels/reference/numbers.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aiops::kernels::device {

using reference::Numbers;

// The first two are those of operators; the others are of tokens, places and sums.
enum class Type : std::int32_t { fp32 = AIOPS_F32, bf16 = AIOPS_BF16, fp64, int32, int64 };
inline constexpr Type kTypes[] = {Type::fp32, Type::bf16};
const char* name_of(Type type);

// How far the device may be from the reference, relative to the largest expected number.
struct Tolerance {
  double fp32 = 1e-5, bf16 = 1e-2;
};

struct CheckResult {
  enum class State {
    agrees,
    differs,
    not_served,  // by this plug-in or its libraries: nothing was computed
  };
  std::string name, shape;
  std::string type = {};  // of the numbers, or empty
  State state = State::agrees;
  double error = 0, allowed = 0;  // relative to the largest expected number
  std::string remark = {};        // why it is not served, or what went wrong
};
const char* name_of(CheckResult::State state);

// Numbers in device memory.
class Array {
 public:
  Array(const Device& device, std::int64_t count, Type type);
  std::byte* data() const { return memory_.data(); }
  template <typename Element>
  Element* as() const {
    return memory_.as<Element>();
  }
  float* floats() const { return as<float>(); }
  std::int64_t count() const { return count_; }
  Type type() const { return type_; }
  std::uint64_t bytes() const { return memory_.size(); }

 private:
  std::int64_t count_;
  Type type_;
  Memory memory_;
};

// Element by element: what an operator that adds leaves behind.
Numbers plus(Numbers a, const Numbers& b);

// One array that an operator writes, and what should be in it.
struct Expected {
  const Array& got;
  Numbers numbers;
};

class Workbench {
 public:
  explicit Workbench(const Device& device) : device_(device), stream_(device) {}

  const Device& device() const { return device_; }
  Stream& stream() { return stream_; }

  // Normal numbers that the type can hold: others at each call, the same in every run.
  Numbers numbers(std::int64_t count, Type type);
  Array put(const Numbers& numbers, Type type);
  template <typename Integer>
  Array put(const std::vector<Integer>& integers) {
    return put(Numbers(integers.begin(), integers.end()),
               sizeof(Integer) == 4 ? Type::int32 : Type::int64);
  }
  Array room(std::int64_t count, Type type);  // NaNs
  Numbers read(const Array& array);

  // Plans, launches and compares, and notes the result.
  template <typename Parameters>
  void check(const std::string& shape, Type type, const Parameters& parameters,
             const std::vector<Expected>& expected, const Tolerance& tolerance = {}) {
    note({.name = OperatorOf<Parameters>::name, .shape = shape, .type = name_of(type)}, tolerance,
         [&](CheckResult& result) {
           const Device::Plan plan = device_.plan(parameters);
           if (!plan.is_served) {
             result.state = CheckResult::State::not_served;
             result.remark = plan.why_not;
             return;
           }
           const Memory workspace(device_, plan.workspace);
           stream_.launch(parameters, &workspace);
           compare(expected, result);
         });
  }
  // The same for what is no operator: `work` compares, or throws.
  void check(const std::string& name, const std::string& shape,
             const std::function<void(CheckResult&)>& work) {
    note({.name = name, .shape = shape}, {}, work);
  }

  // Waits for the stream.
  void compare(const std::vector<Expected>& expected, CheckResult& result);
  const std::vector<CheckResult>& results() const { return results_; }

 private:
  void note(CheckResult result, const Tolerance& tolerance,
            const std::function<void(CheckResult&)>& work);

  const Device& device_;
  Stream stream_;
  std::uint64_t next_ = 0;  // stream of random numbers
  std::vector<CheckResult> results_;
};

}  // namespace aiops::kernels::device
