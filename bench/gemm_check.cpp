// SPDX-License-Identifier: Apache-2.0
#include "bench/gemm_check.hpp"

#include "base/error.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace aiops::bench {
namespace {

using kernels::Gemm;
using kernels::Transpose;

constexpr int kCheckedElements = 64;

// One element as a dot product in double, and the sum of the magnitudes of its products.
struct Exact {
  double value = 0, magnitude = 0;
};

Exact exact_element(const GemmProblem& problem, std::int64_t row, std::int64_t column) {
  const Gemm& s = problem.shape;
  Exact exact;
  for (std::int64_t l = 0; l < s.k; ++l) {
    const auto at_a = s.transpose_a == Transpose::yes ? l * s.m + row : row * s.k + l;
    const auto at_b = s.transpose_b == Transpose::yes ? column * s.k + l : l * s.n + column;
    const double product = static_cast<double>(problem.a[static_cast<std::size_t>(at_a)]) *
                           static_cast<double>(problem.b[static_cast<std::size_t>(at_b)]);
    exact.value += product;
    exact.magnitude += std::abs(product);
  }
  return exact;
}

}  // namespace

// The error of a sum of k products in fp32, in any order, is at most k 2^-24 / (1 - k 2^-24) of the
// sum of their magnitudes (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1). A
// result that is kept in bfloat16 is rounded to 8 bits besides.
Json check_product(const GemmEngine& engine, GemmProblem& problem, std::uint64_t seed) {
  const Gemm& s = problem.shape;
  std::fill(problem.c.begin(), problem.c.end(), std::numeric_limits<float>::quiet_NaN());
  if (engine.before) engine.before();
  engine.multiply(s, problem.a.data(), problem.b.data(), problem.c.data());
  if (engine.fetch) engine.fetch(problem.c);
  std::mt19937_64 random(seed);
  double worst = 0;
  for (int i = 0; i < kCheckedElements; ++i) {
    const auto row = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(s.m));
    const auto column = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(s.n));
    const Exact exact = exact_element(problem, row, column);
    const double got = problem.c[static_cast<std::size_t>(row * s.n + column)];
    const double kept = s.precision == kernels::Precision::bf16 ? 0x1p-8 : 0;
    const double bound =
        static_cast<double>(s.k) * 0x1p-24 * exact.magnitude * 1.01 + kept * std::abs(exact.value);
    if (!(std::abs(got - exact.value) <= bound))
      throw Error(ExitCode::failed, engine.description.at("name").get<std::string>() +
                                        ": element " + std::to_string(row) + "," +
                                        std::to_string(column) + " of the product is " +
                                        format_number(got) + ", not " + format_number(exact.value));
    if (exact.magnitude > 0) worst = std::max(worst, std::abs(got - exact.value) / exact.magnitude);
  }
  return {{"checked", true},
          {"method", std::to_string(kCheckedElements) + " elements against double"},
          {"max_err", worst},
          {"pass", true}};
}

}  // namespace aiops::bench
