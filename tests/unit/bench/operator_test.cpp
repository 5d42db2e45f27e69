// SPDX-License-Identifier: Apache-2.0
#include "bench/operator.hpp"

#include "base/error.hpp"
#include "bench/operation_engines.hpp"
#include "bench/operations.hpp"
#include "tests/unit/bench/alone.hpp"

#include <gtest/gtest.h>

namespace aiops::bench {
namespace {

TEST(Operator, MeasuresEveryOneInBothPasses) {
  Alone alone;
  run_suite(operator_suite({bench_operators(), operator_passes(), {3, 600}, {64, 70}}, alone.bench),
            alone.bench);
  ASSERT_EQ(alone.records.size(), 4 * operation_kinds().size());
  for (const Json& record : alone.records) {
    EXPECT_EQ(record.at("correctness").at("pass"), true);
    EXPECT_GT(record.at("peak").at("measured").get<double>(), 0);
  }
  // The norm of the first: 3 x 64 floats read, and as many written.
  EXPECT_EQ(alone.records[0].at("workload").at("bytes_min"), 2 * 4 * 3 * 64);
  const Json& adamw = alone.records.back();
  EXPECT_EQ(adamw.at("workload").at("params").at("operator"), "adamw");
  EXPECT_EQ(adamw.at("workload").at("bytes_min"), 7 * 4 * 600 * 70);
}

TEST(Operator, WhatCannotBeMeasuredIsRefused) {
  Alone alone;
  const auto suite = [&](const char* name, const char* pass, std::int64_t rows,
                         std::int64_t width) {
    return operator_suite({{name}, {pass}, {rows}, {width}}, alone.bench);
  };
  EXPECT_THROW(suite("rope", "forward", 4, 7), Error);
  EXPECT_THROW(suite("adamw", "backward", 4, 8), Error);
  EXPECT_THROW(run_suite(suite("gelu", "forward", std::int64_t{1} << 40, std::int64_t{1} << 40),
                         alone.bench),
               Error);
}

std::unique_ptr<const OneDnn> library() {
  try {
    return std::make_unique<const OneDnn>(1);
  } catch (const Error&) {
    return nullptr;
  }
}

TEST(Operator, ALibraryDoesTheSame) {
  if (!library()) GTEST_SKIP() << "oneDNN is not installed";
  Alone alone;
  const auto engines = operator_engines();
  run_suite(
      operator_suite({bench_operators(engines), operator_passes(), {3, 600}, {64, 70}, engines},
                     alone.bench),
      alone.bench);
  ASSERT_EQ(alone.records.size(), 2u * 4 * 7);
  for (std::size_t i = 0; i < alone.records.size(); ++i) {
    const Json& record = alone.records[i];
    EXPECT_EQ(record.at("engine").at("name"), i % 2 == 0 ? "aiops" : "oneDNN");
    EXPECT_EQ(record.at("correctness").at("pass"), true);
    EXPECT_EQ(record.at("workload"), alone.records[i - i % 2].at("workload"));
  }
}

// Of an operator that an engine lacks nothing is left out in silence.
TEST(Operator, WhatALibraryLacksIsRefused) {
  Alone alone;
  EXPECT_THROW(
      operator_suite({{"gelu", "rope"}, {"forward"}, {4}, {8}, operator_engines()}, alone.bench),
      Error);
  EXPECT_EQ(bench_operators(operator_engines()),
            (std::vector<std::string>{"layer_norm", "gelu", "residual", "cross_entropy"}));
}

// Before the first run nothing is there, and that is not taken for a result.
TEST(Operator, AWrongResultHasAnError) {
  for (const OperationKind& kind : operation_kinds()) {
    const Operation operation = kind.make({4, 32, 1}, {});
    EXPECT_GT(operation.error(), 1e-3) << kind.name << " " << kind.pass;
  }
}

}  // namespace
}  // namespace aiops::bench
