// SPDX-License-Identifier: Apache-2.0
// What the layer's words mean, in both executors: against C++'s own functions and plain loops.
#include "tests/simt/layer/layer_kernels.hpp"
#include "tests/simt/object/kernels_ptx.hpp"
#include "tests/simt/runtime/device.hpp"
#include "tests/simt/runtime/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <ostream>

namespace aiops::simt {
namespace {

using kernels::cuda::BFloat16;
using kernels::cuda::LaunchStatus;
using kernels::cuda::to_bfloat16;
using kernels::cuda::to_float;

enum class Executor { source, ptx };
void PrintTo(Executor executor, std::ostream* out) {
  *out << (executor == Executor::source ? "source" : "ptx");
}

// A value for each lane: both signs, whole numbers and others, large and small.
std::vector<float> some_floats(float lowest, float highest) {
  std::vector<float> values;
  for (int i = 0; i < layer::kLanes; ++i)
    values.push_back(lowest + (highest - lowest) * static_cast<float>(i * 13 % 32) / 31);
  return values;
}

class Layer : public testing::TestWithParam<Executor> {
 protected:
  void SetUp() override {
    static ptx::PtxEngine engine;
    static const bool loaded = load_ptx(engine, "layer");
    if (GetParam() == Executor::ptx && !loaded) GTEST_SKIP() << "no nvcc made PTX of the kernels";
    options() = {.order = Order::random,
                 .engine = GetParam() == Executor::ptx ? &engine : nullptr,
                 .yield_at_atomics = true};
  }
  void TearDown() override {
    for (const Report& report : take_reports()) ADD_FAILURE() << describe(report);
    options() = {};
  }

  template <typename T>
  T* upload(const std::vector<T>& values) {
    auto* p = static_cast<T*>(allocate(values.size() * sizeof(T), "in"));
    copy_to_device(p, values.data(), values.size() * sizeof(T));
    return p;
  }
  // Launches with a pointer to as many elements as `out` has, and fetches them.
  template <typename T, typename Launch>
  void run(std::vector<T>& out, const Launch& launch) {
    T* p = upload(out);
    const LaunchStatus status = launch(p);
    EXPECT_TRUE(status.ok()) << status.reason;
    copy_from_device(out.data(), p, out.size() * sizeof(T));
  }

  void expect_function(const char* name, float lowest, float highest, double (*exact)(double),
                       double relative, double absolute = 0) {
    const std::vector<float> in = some_floats(lowest, highest);
    std::vector<float> out(in.size());
    run(out, [&](float* p) { return layer::map_float(name, upload(in), p); });
    for (std::size_t i = 0; i < in.size(); ++i) {
      const double expected = exact(static_cast<double>(in[i]));
      EXPECT_NEAR(static_cast<double>(out[i]), expected, absolute + relative * std::fabs(expected))
          << name << " of " << in[i];
    }
  }
  void expect_function(const char* name, std::int32_t (*exact)(std::int32_t)) {
    std::vector<std::int32_t> in;
    for (int i = 0; i < layer::kLanes; ++i) in.push_back((i - 15) * 123457 * (i % 3));
    std::vector<std::int32_t> out(in.size());
    run(out, [&](std::int32_t* p) { return layer::map_integer(name, upload(in), p); });
    for (std::size_t i = 0; i < in.size(); ++i)
      EXPECT_EQ(out[i], exact(in[i])) << name << " of " << in[i];
  }
};

constexpr double kUlp = 0x1p-23;

TEST_P(Layer, HasTheFunctionsOfC) {
  expect_function("Exp", -20, 20, std::exp, 3 * kUlp);
  expect_function("Log", 0.01F, 30, std::log, 3 * kUlp, 1e-7);
  expect_function("Tanh", -4, 4, std::tanh, 4 * kUlp);
  expect_function("SquareRoot", 0, 30, std::sqrt, kUlp);
  expect_function("Erf", -3, 3, std::erf, 4 * kUlp);
  expect_function(
      "Power", 0.1F, 9, [](double x) { return std::pow(x, double{1.7F}); }, 8 * kUlp);
  expect_function("Sine", -9, 9, std::sin, 4 * kUlp, 1e-7);
  expect_function("Cosine", -9, 9, std::cos, 4 * kUlp, 1e-7);
  expect_function("Exp2", -20, 20, std::exp2, 4 * kUlp);
  expect_function("Log2", 0.01F, 30, std::log2, 4 * kUlp, 2e-7);
  expect_function("Log1p", -0.5F, 3, std::log1p, 4 * kUlp);
  expect_function("Expm1", -3, 3, std::expm1, 4 * kUlp);
  expect_function(
      "Remainder", -9, 9, [](double x) { return std::fmod(x, 0.75); }, 0);
  expect_function("Round", -9.5F, 6, std::nearbyint, 0);
  expect_function("Floor", -9.5F, 6, std::floor, 0);
  expect_function("Ceiling", -9.5F, 6, std::ceil, 0);
  expect_function("Truncate", -9.5F, 6, std::trunc, 0);
  expect_function(
      "LargerOfTwo", -1, 1, [](double x) { return std::fmax(x, 0.5); }, 0);
  expect_function("ThroughInteger", -9.5F, 6, std::trunc, 0);
  expect_function(
      "ThroughDouble", -9, 9, [](double x) { return x / 3; }, kUlp);
}

TEST_P(Layer, HasTheHardwaresApproximations) {
  expect_function("FastExp", -10, 10, std::exp, 20 * kUlp);
  expect_function("FastLog2", 0.01F, 30, std::log2, 4 * kUlp, 0x1p-22);
  expect_function(
      "FastReciprocal", 0.1F, 9, [](double x) { return 1 / x; }, 2 * kUlp);
  expect_function(
      "FastRsqrt", 0.1F, 9, [](double x) { return 1 / std::sqrt(x); }, 2 * kUlp);
  expect_function("FastTanh", -4, 4, std::tanh, 0x1p-10);
}

TEST_P(Layer, RoundsToNarrowTypes) {
  expect_function(
      "ThroughBFloat16", -9, 9, [](double x) { return x; }, 0x1p-8);
  expect_function(
      "ThroughTf32", -9, 9, [](double x) { return x; }, 0x1p-11);
}

TEST_P(Layer, HasWholeNumbers) {
  expect_function("Divide", [](std::int32_t x) { return x / 7; });
  expect_function("Modulo", [](std::int32_t x) { return x % 7; });
  expect_function("WideModulo", [](std::int32_t x) {
    return static_cast<std::int32_t>(std::int64_t{x} * 1000003 % 10007);
  });
  expect_function("HighProduct", [](std::int32_t x) {
    return static_cast<std::int32_t>(std::uint64_t{static_cast<std::uint32_t>(x)} * 0xD2511F53U >>
                                     32U);
  });
  expect_function("Ones",
                  [](std::int32_t x) { return std::popcount(static_cast<std::uint32_t>(x)); });
  expect_function("LeadingZeros",
                  [](std::int32_t x) { return std::countl_zero(static_cast<std::uint32_t>(x)); });
  expect_function("FirstSet", [](std::int32_t x) { return __builtin_ffs(x); });
  expect_function("Clamped", [](std::int32_t x) { return std::clamp(x, -5, 9); });
  expect_function(
      "Bits", [](std::int32_t x) { return std::bit_cast<std::int32_t>(static_cast<float>(x)); });
  expect_function("Turned", [](std::int32_t x) {
    return static_cast<std::int32_t>(std::rotl(static_cast<std::uint32_t>(x), 13));
  });
}

TEST_P(Layer, MultipliesMatricesOfBFloat16) {
  std::vector<BFloat16> a(16 * 16);
  std::vector<BFloat16> b(16 * 8);
  for (std::size_t i = 0; i < a.size(); ++i)
    a[i] = to_bfloat16(static_cast<float>(i * 7 % 23) - 11);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = to_bfloat16(static_cast<float>(i * 5 % 19) - 9);
  for (const bool transposed : {false, true}) {
    std::vector<float> c(16 * 8);
    run(c, [&](float* p) { return layer::product_bf16(transposed, upload(a), upload(b), p); });
    for (std::size_t row = 0; row < 16; ++row)
      for (std::size_t column = 0; column < 8; ++column) {
        float sum = 0;
        for (std::size_t k = 0; k < 16; ++k)
          sum += to_float(a[16 * row + k]) *
                 to_float(transposed ? b[8 * k + column] : b[16 * column + k]);
        EXPECT_EQ(c[8 * row + column], sum)
            << row << ", " << column << (transposed ? " transposed" : "");
      }
  }
}

TEST_P(Layer, MultipliesMatricesOfFloatsInThreeParts) {
  std::vector<float> a(16 * 8);
  std::vector<float> b(8 * 8);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = std::sin(static_cast<float>(i));
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = std::cos(static_cast<float>(3 * i));
  std::vector<float> c(16 * 8);
  run(c, [&](float* p) { return layer::product_tf32(upload(a), upload(b), p); });
  for (std::size_t row = 0; row < 16; ++row)
    for (std::size_t column = 0; column < 8; ++column) {
      double sum = 0;
      for (std::size_t k = 0; k < 8; ++k)
        sum += static_cast<double>(a[8 * row + k]) * static_cast<double>(b[8 * k + column]);
      EXPECT_NEAR(static_cast<double>(c[8 * row + column]), sum, 2e-6) << row << ", " << column;
    }
}

TEST_P(Layer, ExchangesValuesInAWarp) {
  std::vector<std::int32_t> in;
  for (int i = 0; i < 32; ++i) in.push_back(i * 11 % 32 - 12);
  std::vector<std::int32_t> out(32 * layer::kExchanged);
  run(out, [&](std::int32_t* p) { return layer::exchange(upload(in), p); });
  std::uint32_t positive = 0;
  std::int32_t sum = 0;
  for (unsigned i = 0; i < 32; ++i) {
    positive |= (in[i] > 0 ? 1U : 0U) << i;
    sum += in[i];
  }
  const std::int32_t most = *std::max_element(in.begin(), in.end());
  for (unsigned i = 0; i < 32; ++i) {
    const std::vector<std::int32_t> expected{in[5],
                                             in[i / 8 * 8 + 5],
                                             in[i < 3 ? i : i - 3],
                                             in[i % 16 < 3 ? i : i - 3],
                                             in[i + 3 > 31 ? i : i + 3],
                                             in[i % 16 + 3 > 15 ? i : i + 3],
                                             in[i ^ 6U],
                                             static_cast<std::int32_t>(positive),
                                             0,
                                             1,
                                             in[i ^ 1U],
                                             sum + most};
    const auto begin = out.begin() + i * layer::kExchanged;
    EXPECT_EQ(std::vector<std::int32_t>(begin, begin + layer::kExchanged), expected)
        << "lane " << i;
  }
}

TEST_P(Layer, VotesAndCounts) {
  std::vector<std::int32_t> in;
  for (int i = 0; i < 64; ++i) in.push_back(i * 11 % 64 - 20);
  std::vector<std::int32_t> counters(layer::kCounters);
  run(counters, [&](std::int32_t* p) { return layer::count(upload(in), p); });
  std::int32_t sum = 0;
  for (const std::int32_t x : in) sum += x;
  EXPECT_EQ(counters[0], 43 + 100 + 1000);
  EXPECT_EQ(counters[1], sum);
  EXPECT_EQ(counters[2], 43);
  EXPECT_EQ(counters[3], -20);
  EXPECT_EQ(counters[4], 1);
  EXPECT_EQ(counters[5], 43);
  EXPECT_EQ(counters[6], 128);
  EXPECT_EQ(std::bit_cast<float>(counters[7]), 32.0F);
  EXPECT_EQ(counters[8], sum);
}

TEST_P(Layer, CopiesPartsAndZeroesTheRest) {
  std::vector<std::uint8_t> in(64 * 16);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<std::uint8_t>(1 + i % 255);
  std::vector<std::uint8_t> out(in.size());
  run(out, [&](std::uint8_t* p) { return layer::copy(upload(in), p); });
  for (std::size_t i = 0; i < in.size(); ++i)
    EXPECT_EQ(out[i], i % 16 < i / 16 % 17 ? in[i] : 0) << i;
}

TEST_P(Layer, HasMuchSharedMemoryAndTwoDimensions) {
  std::vector<float> in(layer::kRows * layer::kColumns * layer::kDepth);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i);
  std::vector<float> out(in.size());
  run(out, [&](float* p) { return layer::transpose(upload(in), p); });
  constexpr std::size_t kCells = layer::kRows * layer::kColumns;
  for (std::size_t i = 0; i < in.size(); ++i)
    ASSERT_EQ(out[i], in[i % layer::kDepth * kCells + i / layer::kDepth]) << i;
}

INSTANTIATE_TEST_SUITE_P(Executors, Layer, testing::Values(Executor::source, Executor::ptx),
                         [](const auto& executor) {
                           return executor.param == Executor::source ? "source" : "ptx";
                         });

}  // namespace
}  // namespace aiops::simt
