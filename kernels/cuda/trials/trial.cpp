// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/trials/trial.hpp"

#include "kernels/random.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace aiops::kernels::cuda {
namespace {

constexpr std::uint64_t kSeed = 11;
constexpr std::size_t kMostFaults = 5;  // of one array

// The relative error of rounding to T.
template <typename T>
constexpr double rounding() {
  return sizeof(T) == sizeof(BFloat16) ? 0x1p-8 : 0x1p-24;
}

double largest_of(const Numbers& numbers) {
  double most = 0;
  for (const double x : numbers) most = std::max(most, std::abs(x));
  return most;
}

}  // namespace

Trial::~Trial() {
  for (void* p : owned_) device_.release(p);
}

void* Trial::allocate(std::size_t bytes, const char* name) {
  owned_.push_back(device_.allocate(bytes, name));
  return owned_.back();
}

void Trial::fetch(void* to, const void* from, std::size_t bytes) {
  device_.copy_from(to, from, bytes);
  const auto* begin = static_cast<const std::byte*>(to);
  outputs_.insert(outputs_.end(), begin, begin + bytes);
}

template <typename T>
Numbers Trial::numbers(std::int64_t count, double deviation) {
  Numbers numbers;
  ++stream_;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i)
    numbers.push_back(deviation * normal_quantile(uniform(kSeed, stream_, i)));
  return rounded<T>(std::move(numbers));
}

template <typename T>
Numbers Trial::rounded(Numbers numbers) {
  for (double& x : numbers) x = static_cast<double>(to_float(from_float<T>(static_cast<float>(x))));
  return numbers;
}

template <typename T>
T* Trial::upload(const char* name, const Numbers& values) {
  std::vector<T> rounded;
  for (const double x : values) rounded.push_back(from_float<T>(static_cast<float>(x)));
  T* p = rubbish<T>(name, static_cast<std::int64_t>(values.size()));
  device_.copy_to(p, rounded.data(), rounded.size() * sizeof(T));
  return p;
}

template <typename Element>
Element* Trial::upload_as_is(const char* name, const std::vector<Element>& values) {
  auto* p = static_cast<Element*>(allocate(values.size() * sizeof(Element), name));
  device_.copy_to(p, values.data(), values.size() * sizeof(Element));
  return p;
}

std::int32_t* Trial::upload(const char* name, const std::vector<std::int32_t>& values) {
  return upload_as_is(name, values);
}
std::int64_t* Trial::upload(const char* name, const std::vector<std::int64_t>& values) {
  return upload_as_is(name, values);
}

double* Trial::upload(const char* name, double value) {
  return upload_as_is(name, std::vector<double>{value});
}

template <typename T>
T* Trial::rubbish(const char* name, std::int64_t count) {
  return static_cast<T*>(allocate(static_cast<std::size_t>(count) * sizeof(T), name));
}

void Trial::launched(const LaunchStatus& status) {
  if (!status.ok())
    faults_.push_back("the launcher answers " + std::to_string(status.code) + " " + status.reason);
}

template <typename T>
void Trial::expect(const char* name, const T* got, const Numbers& expected, double tolerance) {
  std::vector<T> array(expected.size());
  fetch(array.data(), got, array.size() * sizeof(T));
  // The inputs are of the order of 1: what cancels to less is held to the size of its terms.
  const double allowed = tolerance * std::max(largest_of(expected), 1e-2);
  std::size_t faults = 0;
  for (std::size_t i = 0; i < array.size() && faults < kMostFaults; ++i) {
    const double value = static_cast<double>(to_float(array[i]));
    const double error = std::abs(value - expected[i]);
    if (error <= allowed + rounding<T>() * std::abs(expected[i])) continue;  // false for a NaN
    ++faults;
    faults_.push_back(std::string(name) + "[" + std::to_string(i) + "] is " +
                      std::to_string(value) + ", expected " + std::to_string(expected[i]));
  }
}

void Trial::expect(const char* name, const std::int32_t* got,
                   const std::vector<std::int32_t>& expected) {
  std::vector<std::int32_t> array(expected.size());
  fetch(array.data(), got, array.size() * sizeof array[0]);
  for (std::size_t i = 0; i < array.size(); ++i)
    if (array[i] != expected[i]) {
      faults_.push_back(std::string(name) + "[" + std::to_string(i) + "] is " +
                        std::to_string(array[i]) + ", expected " + std::to_string(expected[i]));
      return;
    }
}

std::vector<std::int64_t> edges(std::int64_t tile) {
  std::vector<std::int64_t> extents{1,        tile - 1,     tile,        tile + 1,
                                    2 * tile, 4 * tile - 1, 4 * tile + 1};
  std::erase_if(extents, [](std::int64_t extent) { return extent < 1; });
  std::sort(extents.begin(), extents.end());
  extents.erase(std::unique(extents.begin(), extents.end()), extents.end());
  return extents;
}

template <typename T>
std::string case_name(const char* pass, std::initializer_list<std::int64_t> extents) {
  std::string name = std::string(pass) + " " + type_name<T>();
  const char* separator = " ";
  for (const std::int64_t extent : extents) {
    name += separator + std::to_string(extent);
    separator = " x ";
  }
  return name;
}

#define AIOPS_FOR(T)                                                          \
  template Numbers Trial::numbers<T>(std::int64_t, double);                   \
  template Numbers Trial::rounded<T>(Numbers);                                \
  template T* Trial::upload<T>(const char*, const Numbers&);                  \
  template T* Trial::rubbish<T>(const char*, std::int64_t);                   \
  template void Trial::expect(const char*, const T*, const Numbers&, double); \
  template std::string case_name<T>(const char*, std::initializer_list<std::int64_t>);
AIOPS_FOR(float)
AIOPS_FOR(BFloat16)
#undef AIOPS_FOR
template std::int32_t* Trial::rubbish<std::int32_t>(const char*, std::int64_t);
template double* Trial::rubbish<double>(const char*, std::int64_t);

}  // namespace aiops::kernels::cuda
