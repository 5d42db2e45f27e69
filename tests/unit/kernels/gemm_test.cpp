// SPDX-License-Identifier: Apache-2.0
#include "kernels/gemm.hpp"

#include "kernels/cpu/tile_product.hpp"
#include "kernels/reference/linear.hpp"
#include "tests/unit/kernels/proof.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace aiops::kernels {
namespace {

std::vector<Gemm> shapes() {
  const std::int64_t sizes[][3] = {{1, 1, 1},    {1, 77, 300},  {4, 33, 65},  {5, 33, 64},
                                   {17, 19, 23}, {64, 128, 96}, {97, 101, 3}, {200, 70, 513},
                                   {3, 5, 0},    {700, 530, 40}};
  std::vector<Gemm> all;
  for (const auto& [m, n, k] : sizes)
    for (const Transpose a : {Transpose::no, Transpose::yes})
      for (const Transpose b : {Transpose::no, Transpose::yes})
        for (const Accumulate accumulate : {Accumulate::no, Accumulate::yes})
          for (const Precision precision : {Precision::fp32, Precision::bf16})
            all.push_back({m, n, k, a, b, accumulate, precision});
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

void expect_product(const Gemm& shape, const Operands& in, const Floats& c) {
  const Numbers expected = reference::product(shape, as_multiplied(in.exact_a, shape.precision),
                                              as_multiplied(in.exact_b, shape.precision));
  const double start = shape.accumulate == Accumulate::yes ? 0.5 : 0;
  // Partial sums of k products grow like sqrt(k), and so does the walk of their roundings (2^-24).
  const double allowed = 0x1p-24 * (4 * static_cast<double>(shape.k) + 20);
  for (std::size_t i = 0; i < c.size(); ++i)
    ASSERT_NEAR(static_cast<double>(c[i]), start + expected[i], allowed)
        << name(shape) << ", element " << i;
}

TEST(Gemm, AgreesWithTheOracle) {
  ThreadPool threads(2);
  for (const Gemm& shape : shapes()) {
    const Operands in(shape);
    Floats c = before(shape);
    gemm(shape, in.a.data(), in.b.data(), c.data(), threads);
    expect_product(shape, in, c);
  }
}

TEST(Gemm, PortableProductAgreesWithTheOracle) {
  for (const Gemm& shape : shapes()) {
    const Operands in(shape);
    Floats c = before(shape);
    portable_tile_product({.m = shape.m,
                           .n = shape.n,
                           .k = shape.k,
                           .transpose_a = shape.transpose_a,
                           .transpose_b = shape.transpose_b,
                           .a = in.a.data(),
                           .lda = shape.transpose_a == Transpose::yes ? shape.m : shape.k,
                           .b = in.b.data(),
                           .ldb = shape.transpose_b == Transpose::yes ? shape.k : shape.n,
                           .c = c.data(),
                           .ldc = shape.n,
                           .beta = shape.accumulate == Accumulate::yes ? 1.0F : 0.0F,
                           .precision = shape.precision});
    expect_product(shape, in, c);
  }
}

TEST(Gemm, PortableProductScalesAndStaysInsideItsTile) {
  const Operands in({.m = 7, .n = 20, .k = 9});
  Floats c(10 * 32, 2.0F);
  portable_tile_product({.m = 7,
                         .n = 20,
                         .k = 9,
                         .a = in.a.data(),
                         .lda = 9,
                         .b = in.b.data(),
                         .ldb = 20,
                         .c = c.data(),
                         .ldc = 32,
                         .alpha = -0.5F});
  const Numbers expected = reference::product({.m = 7, .n = 20, .k = 9}, in.exact_a, in.exact_b);
  for (std::size_t row = 0; row < 10; ++row)
    for (std::size_t column = 0; column < 32; ++column) {
      const bool inside = row < 7 && column < 20;
      ASSERT_NEAR(static_cast<double>(c[row * 32 + column]),
                  inside ? -0.5 * expected[row * 20 + column] : 2.0, 1e-5);
    }
}

TEST(Gemm, GivesTheSameBitsForAnyNumberOfThreads) {
  std::vector<Gemm> all = shapes();
  all.push_back({.m = 600, .n = 700, .k = 300, .transpose_b = Transpose::yes});
  ThreadPool one(1);
  for (const Gemm& shape : all) {
    const Operands in(shape);
    Floats expected = before(shape);
    gemm(shape, in.a.data(), in.b.data(), expected.data(), one);
    for (const std::size_t count : {2U, 3U}) {
      ThreadPool more(count);
      Floats c = before(shape);
      gemm(shape, in.a.data(), in.b.data(), c.data(), more);
      ASSERT_EQ(c, expected) << name(shape);
    }
  }
}

TEST(Gemm, SaysWhatComputes) {
  const std::string engine = gemm_engine();
  EXPECT_TRUE(engine == "portable" || engine.rfind("OpenBLAS ", 0) == 0) << engine;
}

}  // namespace
}  // namespace aiops::kernels
