// SPDX-License-Identifier: Apache-2.0
#include "bench/operator.hpp"

#include "base/error.hpp"
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

// Before the first run nothing is there, and that is not taken for a result.
TEST(Operator, AWrongResultHasAnError) {
  for (const OperationKind& kind : operation_kinds()) {
    const Operation operation = kind.make({4, 32, 1}, {});
    EXPECT_GT(operation.error(), 1e-3) << kind.name << " " << kind.pass;
  }
}

}  // namespace
}  // namespace aiops::bench
