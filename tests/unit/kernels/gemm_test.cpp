// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm.hpp"

#include "kernels/bias.hpp"
#include "kernels/cpu/bfloat16.hpp"
#include "kernels/cpu/product_engine.hpp"
#include "kernels/reference/linear.hpp"
#include "tests/unit/kernels/proof.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace aiops::kernels {
namespace {

// Around the edges of every engine's register tile (4 × 8, 6 × 16, 8 × 48) and block of the depth
// (256, 384, 768), thin products among them.
std::vector<Gemm> shapes() {
  const std::int64_t sizes[][3] = {{1, 1, 1},     {3, 77, 30},  {5, 8, 2},    {8, 48, 16},
                                   {9, 49, 33},   {7, 17, 401}, {50, 6, 385}, {97, 101, 3},
                                   {20, 30, 769}, {3, 5, 0},    {6, 400, 5},  {230, 12, 7}};
  std::vector<Gemm> all;
  for (const auto& [m, n, k] : sizes)
    for (const Transpose a : {Transpose::no, Transpose::yes})
      for (const Transpose b : {Transpose::no, Transpose::yes}) all.push_back({m, n, k, a, b});
  return all;
}

// The same product as it stands, rounded, and each of them added.
std::vector<Gemm> variants(Gemm shape) {
  std::vector<Gemm> all;
  for (const Precision precision : {Precision::fp32, Precision::bf16})
    for (const Accumulate accumulate : {Accumulate::no, Accumulate::yes}) {
      shape.precision = precision;
      shape.accumulate = accumulate;
      all.push_back(shape);
    }
  return all;
}

std::string name(const Gemm& shape) {
  return std::to_string(shape.m) + " x " + std::to_string(shape.n) + " x " +
         std::to_string(shape.k) + (shape.transpose_a == Transpose::yes ? ", A flipped" : "") +
         (shape.transpose_b == Transpose::yes ? ", B flipped" : "") +
         (shape.accumulate == Accumulate::yes ? ", added" : "") +
         (shape.precision == Precision::bf16 ? ", bf16" : "");
}

// C before the product: something to add to, or garbage that must not be read.
Floats before(const Gemm& shape) {
  const auto size = static_cast<std::size_t>(shape.m * shape.n);
  return shape.accumulate == Accumulate::yes ? Floats(size, 0.5F) : garbage(size);
}

struct Operands {
  explicit Operands(const Gemm& shape)
      : exact_a(some_numbers(shape.m * shape.k, 1)),
        exact_b(some_numbers(shape.k * shape.n, 2)),
        a(exact_a.begin(), exact_a.end()),
        b(exact_b.begin(), exact_b.end()) {}
  Numbers exact_a, exact_b;
  Floats a, b;
};

// The nearest multiple of a bfloat16's last place, by arithmetic rather than by bits.
double nearest_bfloat16(double x) {
  if (x == 0) return 0;
  const double place = std::ldexp(1, std::ilogb(x) - 7);
  return std::nearbyint(x / place) * place;
}

Numbers as_multiplied(Numbers x, Precision precision) {
  if (precision == Precision::bf16) std::transform(x.begin(), x.end(), x.begin(), nearest_bfloat16);
  return x;
}

Numbers oracle(const Gemm& shape, const Operands& in) {
  return reference::product(shape, as_multiplied(in.exact_a, shape.precision),
                            as_multiplied(in.exact_b, shape.precision));
}

void expect_product(const Gemm& shape, const Numbers& expected, const Floats& c) {
  const double start = shape.accumulate == Accumulate::yes ? 0.5 : 0;
  // Partial sums of k products grow like sqrt(k), and so does the walk of their roundings (2^-24).
  const double allowed = 0x1p-24 * (4 * static_cast<double>(shape.k) + 20);
  for (std::size_t i = 0; i < c.size(); ++i)
    ASSERT_NEAR(static_cast<double>(c[i]), start + expected[i], allowed)
        << name(shape) << ", element " << i << ", " << gemm_engine(shape.precision);
}

TEST(Gemm, EveryEngineOfThisCpuAgreesWithTheOracle) {
  ThreadPool threads(2);
  for (const Gemm& shape : shapes()) {
    const Operands in(shape);
    for (const Gemm& variant : variants(shape)) {
      const Numbers expected = oracle(variant, in);
      for (const InstructionSet set : available_instruction_sets()) {
        const InstructionLimit limit(set);
        Floats c = before(variant);
        gemm(variant, in.a.data(), in.b.data(), c.data(), threads);
        expect_product(variant, expected, c);
      }
    }
  }
}

// Last, after everything that a product sums: the same bits as in a pass of its own.
TEST(Gemm, AddsABiasLast) {
  ThreadPool threads(2);
  for (const Gemm& shape : shapes()) {
    const Operands in(shape);
    const Numbers exact = some_numbers(shape.n, 3);
    const Floats bias(exact.begin(), exact.end());
    for (Gemm variant : variants(shape))
      for (const InstructionSet set : available_instruction_sets()) {
        const InstructionLimit limit(set);
        Floats expected = before(variant);
        Floats c = expected;
        gemm(variant, in.a.data(), in.b.data(), expected.data(), threads);
        bias_forward({shape.m, shape.n}, bias.data(), expected.data(), threads);
        variant.bias = bias.data();
        gemm(variant, in.a.data(), in.b.data(), c.data(), threads);
        variant.bias = nullptr;
        ASSERT_EQ(c, expected) << name(variant) << ", " << gemm_engine(variant.precision);
      }
  }
}

TEST(Gemm, GivesTheSameBitsForAnyNumberOfThreads) {
  std::vector<Gemm> all = shapes();
  all.push_back({.m = 600, .n = 700, .k = 300, .transpose_b = Transpose::yes});
  all.push_back({.m = 20, .n = 250, .k = 16 * 768 + 5});  // a deep one
  ThreadPool one(1);
  ThreadPool two(2);
  ThreadPool three(3);
  for (const Gemm& shape : all) {
    const Operands in(shape);
    for (const Gemm& variant : variants(shape)) {
      Floats expected = before(variant);
      gemm(variant, in.a.data(), in.b.data(), expected.data(), one);
      for (ThreadPool* more : {&two, &three}) {
        Floats c = before(variant);
        gemm(variant, in.a.data(), in.b.data(), c.data(), *more);
        ASSERT_EQ(c, expected) << name(variant);
      }
    }
  }
}

// An element is summed alike wherever it lies, so a row of a batch is the row alone.
TEST(Gemm, ARowDoesNotDependOnTheRowsBesideIt) {
  ThreadPool threads(2);
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    const Gemm whole{
        .m = 70, .n = 60, .k = 450, .transpose_b = Transpose::yes, .precision = precision};
    Gemm part = whole;
    part.m = 21;
    const Operands in(whole);
    Floats expected = before(whole);
    Floats c = before(part);
    gemm(whole, in.a.data(), in.b.data(), expected.data(), threads);
    gemm(part, in.a.data() + 30 * whole.k, in.b.data(), c.data(), threads);
    const auto row = expected.begin() + 30 * whole.n;
    EXPECT_TRUE(std::equal(c.begin(), c.end(), row));
  }
}

TEST(Gemm, RoundsLikeBfloat16) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(to_bfloat16(1.00390625F), 1.0F);       // halfway: to even, down
  EXPECT_EQ(to_bfloat16(1.01171875F), 1.015625F);  // halfway: to even, up
  EXPECT_EQ(to_bfloat16(3.4e38F), kInfinity);
  EXPECT_EQ(to_bfloat16(-kInfinity), -kInfinity);
  EXPECT_NE(to_bfloat16(std::numeric_limits<float>::quiet_NaN()),
            to_bfloat16(std::numeric_limits<float>::quiet_NaN()));
}

TEST(Gemm, SaysWhatComputes) {
  const InstructionLimit limit(InstructionSet::portable);
  EXPECT_STREQ(gemm_engine(), "portable");
  EXPECT_STREQ(gemm_engine(Precision::bf16), "portable");
}

}  // namespace
}  // namespace aiops::kernels
