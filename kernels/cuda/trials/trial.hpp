// SPDX-License-Identifier: Apache-2.0
// What every operator on the device must do, whoever runs it: its oracle of kernels/reference/ at
// shapes that end just before, at and just after the borders of its tiles. A trial knows neither
// executors nor a CUDA runtime; it is given a Device.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"
#include "kernels/reference/numbers.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aiops::kernels::cuda {

using reference::Numbers;

class Device {
 public:
  virtual ~Device() = default;
  // Filled with the byte 0xFF: a NaN in every type, should somebody read it.
  virtual void* allocate(std::size_t bytes, const char* name) = 0;
  virtual void release(void* p) = 0;
  virtual void copy_to(void* to, const void* from, std::size_t bytes) = 0;
  virtual void copy_from(void* to, const void* from, std::size_t bytes) = 0;  // after all launches
};

class Trial {
 public:
  explicit Trial(Device& device) : device_(device) {}
  ~Trial();
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  // `count` normal numbers that a T can hold, others at each call, the same in every run.
  template <typename T>
  Numbers numbers(std::int64_t count, double deviation = 1);
  // The nearest numbers that a T can hold.
  template <typename T>
  static Numbers rounded(Numbers numbers);

  // Device memory with these values, or with rubbish. Freed with the trial.
  template <typename T>
  T* upload(const char* name, const Numbers& values);
  std::int32_t* upload(const char* name, const std::vector<std::int32_t>& values);
  std::int64_t* upload(const char* name, const std::vector<std::int64_t>& values);
  double* upload(const char* name, double value);
  template <typename T>
  T* rubbish(const char* name, std::int64_t count);

  // What a launcher answered.
  void launched(const LaunchStatus& status);

  // Each element within `tolerance` of the largest expected one, and what rounding to T costs.
  template <typename T>
  void expect(const char* name, const T* got, const Numbers& expected, double tolerance);
  void expect(const char* name, const std::int32_t* got, const std::vector<std::int32_t>& expected);

  // What was wrong, and the bytes of everything that was expected.
  const std::vector<std::string>& faults() const { return faults_; }
  const std::vector<std::byte>& outputs() const { return outputs_; }

 private:
  template <typename Element>
  Element* upload_as_is(const char* name, const std::vector<Element>& values);
  void* allocate(std::size_t bytes, const char* name);
  // The device's array, kept in outputs_ too.
  void fetch(void* to, const void* from, std::size_t bytes);

  Device& device_;
  std::vector<void*> owned_;
  std::uint64_t stream_ = 0;
  std::vector<std::string> faults_;
  std::vector<std::byte> outputs_;
};

// Whether a case gives the same bits in whatever order threads run. Float atomics do not.
enum class Bits { same_in_every_order, follow_the_order };

struct Case {
  std::string name;
  std::function<void(Trial&)> run;
  Bits bits = Bits::same_in_every_order;
};

// Extents that end at the borders of tiles of this size: 1, tile - 1, tile, tile + 1, 2 tile, and,
// because nvcc unrolls loops by four, 4 tile - 1 and 4 tile + 1.
std::vector<std::int64_t> edges(std::int64_t tile);

template <typename T>
constexpr const char* type_name() {
  return sizeof(T) == sizeof(BFloat16) ? "bf16" : "fp32";
}

// "fp32 3 x 257": how a case's name goes on.
template <typename T>
std::string case_name(const char* pass, std::initializer_list<std::int64_t> extents);

}  // namespace aiops::kernels::cuda
