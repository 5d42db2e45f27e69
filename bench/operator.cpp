// SPDX-License-Identifier: Apache-2.0
#include "bench/operator.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/host.hpp"
#include "bench/operations.hpp"
#include "bench/record.hpp"

#include <algorithm>

namespace aiops::bench {
namespace {

constexpr double kBound = 1e-4;  // of the largest number: fp32 has 2^-24, sums lose some of it
constexpr double kArrays = 10;   // of rows x width floats that a case has at most

Measurement describe(const OperationKind& kind, const OperatorShape& shape, const Traffic& traffic,
                     const Bench& bench) {
  Measurement result;
  result.workload = {
      {"kind", "operator"},
      {"params",
       {{"operator", kind.name},
        {"pass", kind.pass},
        {"rows", shape.rows},
        {"width", shape.width},
        {"threads", bench.threads}}},
      {"dtype", "fp32"},
      {"seed", bench.rule.seed},
      {"flops", nullptr},
      {"bytes_min", traffic.bytes()},
      {"byte_rule", "arrays of rows x width once; what is changed in place counts twice"}};
  result.engine = {
      {"name", "aiops"}, {"version", nullptr}, {"backend", "cpu"}, {"flags", Json::object()}};
  result.rate = {"gb_s", "GB/s", static_cast<double>(traffic.bytes())};
  return result;
}

void check(const OperationKind& kind, const Operation& operation, Measurement& result) {
  const double error = operation.error();
  if (error > kBound)
    throw Error(ExitCode::failed, kind.name + " " + kind.pass + " is wrong by " +
                                      format_number(error) + " of its largest number");
  result.correctness = {{"checked", true},
                        {"method", "every element against double"},
                        {"max_err", error},
                        {"pass", true}};
}

struct State {
  Operation operation;
  MemoryProbe probe;
  Measurement result;
};

Group case_group(const OperationKind& kind, const OperatorShape& shape, const Bench& bench,
                 const std::shared_ptr<ThreadPool>& threads) {
  // In double, because what does not fit need not fit into an integer either.
  const double bytes =
      4 * kArrays * static_cast<double>(shape.rows) * static_cast<double>(shape.width);
  if (bytes > static_cast<double>(available_memory()))
    throw Error(ExitCode::failed,
                "arrays of " + std::to_string(shape.rows) + "x" + std::to_string(shape.width) +
                    " do not fit into the memory available",
                "fewer --rows or a smaller --width");
  const std::int64_t each = 4 * shape.count();
  const Traffic traffic{each * kind.floats.read, each * kind.floats.written,
                        each * kind.floats.changed};
  const std::shared_ptr<State> state(new State{kind.make(shape, traffic),
                                               MemoryProbe(traffic, *threads),
                                               describe(kind, shape, traffic, bench)});
  state->operation.run(*threads);
  check(kind, state->operation, state->result);
  Group group;
  group.cases.push_back({[state, threads] { state->operation.run(*threads); }});
  group.cases.push_back({[state] { state->probe.run(); }, {}, Case::Decides::no});
  group.describe = [state](const std::vector<Samples>& samples) {
    Measurement& result = state->result;
    result.samples = samples[0];
    result.peak_per_ns = static_cast<double>(state->probe.bytes() * samples[1].calls) /
                         summarise(samples[1].values).median;
    result.peak_detail = {{"method", "plain loops that copy, read and change as many bytes"}};
    return std::vector<Measurement>{result};
  };
  return group;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::vector<std::string> bench_operators() {
  std::vector<std::string> names;
  for (const OperationKind& kind : operation_kinds())
    if (!has(names, kind.name)) names.push_back(kind.name);
  return names;
}

std::vector<std::string> operator_passes() { return {"forward", "backward"}; }

Suite operator_suite(const OperatorPlan& plan, const Bench& bench) {
  const auto threads = std::make_shared<ThreadPool>(bench.threads);
  Suite suite{"operator", 1, {}};
  for (const OperationKind& kind : operation_kinds()) {
    if (!has(plan.operators, kind.name) || !has(plan.passes, kind.pass)) continue;
    for (const std::int64_t rows : plan.rows)
      for (const std::int64_t width : plan.widths) {
        if (kind.name == "rope" && width % 2 != 0)
          throw Error(ExitCode::usage,
                      "rope turns pairs: a width of " + std::to_string(width) + " is odd");
        suite.items.push_back(
            {kind.name + " " + kind.pass + " " + std::to_string(rows) + "x" + std::to_string(width),
             [=, &kind, &bench] {
               return case_group(kind, {rows, width, bench.rule.seed}, bench, threads);
             }});
      }
  }
  if (suite.items.empty())
    throw Error(ExitCode::usage, "none of these operators has such a pass",
                "aiops bench operator --pass forward");
  return suite;
}

}  // namespace aiops::bench
