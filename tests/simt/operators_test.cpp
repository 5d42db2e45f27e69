// SPDX-License-Identifier: Apache-2.0
// Every operator's trials, by every executor, in several orders of threads.
#include "kernels/cuda/operators.hpp"

#include "tests/simt/executor_device.hpp"
#include "tests/simt/object/kernels_ptx.hpp"
#include "tests/simt/ptx/engine.hpp"
#include "tests/simt/runtime/report.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace aiops::kernels::cuda {
#define AIOPS_DECLARE(name) std::vector<Case> name##_cases();
AIOPS_CUDA_OPERATORS(AIOPS_DECLARE)
#undef AIOPS_DECLARE
}  // namespace aiops::kernels::cuda

namespace aiops::simt {
namespace {

using kernels::cuda::Bits;
using kernels::cuda::Case;
using kernels::cuda::Trial;

struct Operator {
  const char* name;
  std::vector<Case> (*cases)();
};

void PrintTo(const Operator& one, std::ostream* out) { *out << one.name; }

#define AIOPS_OPERATOR(name) Operator{#name, kernels::cuda::name##_cases},
const Operator kOperators[] = {AIOPS_CUDA_OPERATORS(AIOPS_OPERATOR)};
#undef AIOPS_OPERATOR

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
  // bit from run to run, unless the operator says so.
  void try_all(Checks checks, Engine* engine) {
    ExecutorDevice device;
    for (const Case& one : GetParam().cases()) {
      std::vector<std::byte> first;
      for (const Schedule& schedule : kSchedules) {
        options() = {
            .order = schedule.order, .seed = schedule.seed, .checks = checks, .engine = engine};
        SCOPED_TRACE(one.name + ", " + schedule.name);
        Trial trial(device);
        one.run(trial);
        for (const Report& report : take_reports()) ADD_FAILURE() << describe(report);
        for (const std::string& fault : trial.faults()) ADD_FAILURE() << fault;
        if (first.empty()) first = trial.outputs();
        EXPECT_TRUE(one.bits == Bits::follow_the_order || trial.outputs() == first);
      }
    }
    options() = {};
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

INSTANTIATE_TEST_SUITE_P(Operators, EveryOperator, testing::ValuesIn(kOperators),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace aiops::simt
