// SPDX-License-Identifier: Apache-2.0
// Every operator's trials, by every executor, in several orders of threads.
#include "tests/simt/object/kernels_ptx.hpp"
#include "tests/simt/suite.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace aiops::simt {

void PrintTo(const Operator& one, std::ostream* out) { *out << one.name; }

namespace {

using kernels::cuda::Bits;
using kernels::cuda::Case;

struct Schedule {
  const char* name;
  Order order;
  std::uint64_t seed;
};
constexpr Schedule kSchedules[] = {
    {"forward", Order::forward, 1}, {"reverse", Order::reverse, 1}, {"random", Order::random, 7}};

class EveryOperator : public testing::TestWithParam<Operator> {
 protected:
  // Runs every case in every order. Nothing may be reported, nothing differ from the oracle, and no
  // bit from order to order, unless the case says so.
  void try_all(Checks checks, Engine* engine) {
    for (const Case& one : GetParam().cases()) {
      std::vector<std::byte> first;
      for (const Schedule& schedule : kSchedules) {
        SCOPED_TRACE(one.name + ", " + schedule.name);
        const Outcome outcome = try_case(one, {.order = schedule.order,
                                               .seed = schedule.seed,
                                               .checks = checks,
                                               .engine = engine,
                                               .yield_at_atomics = true});
        for (const std::string& fault : outcome.faults) ADD_FAILURE() << fault;
        if (first.empty()) first = outcome.outputs;
        EXPECT_FALSE(first.empty()) << "the case expects nothing";
        EXPECT_TRUE(one.bits == Bits::follow_the_order || outcome.outputs == first)
            << "other bits than in the first order";
      }
    }
  }
};

TEST_P(EveryOperator, HasItsValuesInTheSource) { try_all(Checks::off, nullptr); }
TEST_P(EveryOperator, HasNoFaultInTheSource) { try_all(Checks::on, nullptr); }

TEST_P(EveryOperator, HasNoFaultInThePtx) {
  ptx::PtxEngine engine;
  if (!load_ptx(engine, GetParam().name)) GTEST_SKIP() << "no nvcc made PTX of the kernels";
  try_all(Checks::on, &engine);
  for (const auto& [name, function] : engine.functions())
    EXPECT_TRUE(function.code.front().executed) << name << " was never launched";
}

INSTANTIATE_TEST_SUITE_P(Operators, EveryOperator, testing::ValuesIn(operators()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aiops::simt
