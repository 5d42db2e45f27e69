// SPDX-License-Identifier: Apache-2.0
#include "bench/operator.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/device_operations.hpp"
#include "bench/host.hpp"
#include "bench/operation_engines.hpp"
#include "bench/operations.hpp"
#include "bench/record.hpp"

#include <algorithm>

namespace aiops::bench {
namespace {

constexpr double kBound = 1e-4;  // of the largest number: fp32 has 2^-24, sums lose some of it
constexpr double kArrays = 10;   // of rows x width floats that a case has at most

// What the groups of a suite share.
struct Tools {
  std::shared_ptr<const BenchGpu> gpu;  // null: the CPU
  std::vector<OperatorEngine> engines;
  ThreadPool threads;
};
using SharedTools = std::shared_ptr<Tools>;

Measurement describe(const OperationKind& kind, const OperatorShape& shape, const Traffic& traffic,
                     const BenchGpu* gpu, const Bench& bench) {
  Measurement result;
  result.workload = {
      {"kind", "operator"},
      {"params",
       {{"operator", kind.name},
        {"pass", kind.pass},
        {"rows", shape.rows},
        {"width", shape.width}}},
      {"dtype", "fp32"},
      {"seed", bench.rule.seed},
      {"flops", nullptr},
      {"bytes_min", traffic.bytes()},
      {"byte_rule", "arrays of rows x width once; what is changed in place counts twice"}};
  result.rate = {"gb_s", "GB/s", static_cast<double>(traffic.bytes())};
  if (gpu == nullptr) {
    result.workload["params"]["threads"] = bench.threads;
    return result;
  }
  result.gpu = gpu->describe();
  gpu->promise_bytes(result);
  return result;
}

void check(const OperationKind& kind, const Operation& operation, Measurement& result) {
  const double error = operation.error();
  if (error > kBound)
    throw Error(ExitCode::failed, result.engine.at("name").get<std::string>() + ": " + kind.name +
                                      " " + kind.pass + " is wrong by " + format_number(error) +
                                      " of its largest number");
  result.correctness = {{"checked", true},
                        {"method", "every element against double"},
                        {"max_err", error},
                        {"pass", true}};
}

// What takes turns with an operator, and moves as many bytes.
struct Probe {
  Case turns = {};
  std::int64_t bytes = 0;
  const char* method = "";
};

Probe probe_of(const Traffic& traffic, const SharedTools& tools) {
  Probe probe;
  probe.turns.decides = Case::Decides::no;
  if (tools->gpu) {
    const auto& device = tools->engines.front().device();
    const auto copies = std::make_shared<DeviceMemoryProbe>(device, traffic.bytes());
    probe.turns.work = [copies] { copies->queue(); };
    probe.turns.finish = [copies] { copies->wait(); };
    tools->gpu->watch(probe.turns, device);
    probe.bytes = copies->bytes();
    probe.method = "copies within the GPU's memory that move as many bytes";
    return probe;
  }
  const auto loops = std::make_shared<MemoryProbe>(traffic, tools->threads);
  probe.turns.work = [loops, tools] { loops->run(); };
  probe.bytes = loops->bytes();
  probe.method = "plain loops that copy, read and change as many bytes";
  return probe;
}

// Each engine has arrays of its own, with the same numbers.
struct State {
  Probe probe;
  std::vector<Operation> operations = {};
  std::vector<Measurement> results = {};
};

void require_memory(const OperatorShape& shape, std::size_t engines) {
  // In double, because what does not fit need not fit into an integer either.
  const double bytes = 4 * kArrays * static_cast<double>(engines) *
                       static_cast<double>(shape.rows) * static_cast<double>(shape.width);
  if (bytes > static_cast<double>(available_memory()))
    throw Error(ExitCode::failed,
                "arrays of " + std::to_string(shape.rows) + "x" + std::to_string(shape.width) +
                    " do not fit into the memory available",
                "fewer --rows or a smaller --width");
}

std::vector<Measurement> describe_group(State& state, const std::vector<Samples>& samples) {
  const std::size_t probe = state.results.size();
  for (std::size_t i = 0; i < probe; ++i) {
    Measurement& result = state.results[i];
    result.samples = samples[i];
    result.peak_per_ns = static_cast<double>(state.probe.bytes * samples[probe].calls) /
                         summarise(samples[probe].values).median;
    result.peak_detail = {{"method", state.probe.method}};
  }
  return state.results;
}

Group case_group(const OperationKind& kind, const OperatorShape& shape, const Bench& bench,
                 const SharedTools& tools) {
  require_memory(shape, tools->engines.size());
  const std::int64_t each = 4 * shape.count();
  const Traffic traffic{each * kind.floats.read, each * kind.floats.written,
                        each * kind.floats.changed};
  const std::shared_ptr<State> state(new State{probe_of(traffic, tools)});
  const BenchGpu* const gpu = tools->gpu.get();
  Group group;
  for (const OperatorEngine& engine : tools->engines) {
    const std::size_t i = state->operations.size();
    Operation& operation = state->operations.emplace_back(kind.make(shape, traffic));
    Measurement& result = state->results.emplace_back(describe(kind, shape, traffic, gpu, bench));
    result.engine = engine.adopt(kind, operation);
    operation.run(tools->threads);
    if (operation.fetch) operation.fetch();
    check(kind, operation, result);
    group.cases.push_back({.work = [state, tools, i] { state->operations[i].run(tools->threads); },
                           .before = engine.before(),
                           .after = engine.after(),
                           .finish = operation.finish});
    if (gpu != nullptr) gpu->watch(group.cases.back(), engine.device());
  }
  group.cases.push_back(state->probe.turns);
  group.describe = [state](const std::vector<Samples>& samples) {
    return describe_group(*state, samples);
  };
  return group;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool all_have(const std::vector<std::string>& engines, const OperationKind& kind) {
  return std::ranges::all_of(engines,
                             [&](const std::string& engine) { return engine_has(engine, kind); });
}

SharedTools open_tools(const OperatorPlan& plan, const Bench& bench) {
  const SharedTools tools(new Tools{nullptr, {}, ThreadPool(bench.threads)});
  if (plan.gpu) {
    tools->gpu = std::make_shared<const BenchGpu>(*plan.gpu);
    tools->engines.emplace_back(tools->gpu);
    return tools;
  }
  for (const std::string& name : plan.engines) tools->engines.emplace_back(name, bench.threads);
  return tools;
}

void require_operators(const OperatorPlan& plan) {
  const auto had = bench_operators(plan.engines);
  for (const std::string& name : plan.operators)
    if (!has(had, name)) {
      std::string list;
      for (const std::string& each : had) list += (list.empty() ? "" : ",") + each;
      throw Error(ExitCode::usage, "oneDNN has no operator like " + name, "--operator " + list);
    }
}

}  // namespace

std::vector<std::string> bench_operators(const std::vector<std::string>& engines) {
  std::vector<std::string> names;
  for (const OperationKind& kind : operation_kinds())
    if (all_have(engines, kind) && !has(names, kind.name)) names.push_back(kind.name);
  return names;
}

std::vector<std::string> operator_passes() { return {"forward", "backward"}; }

Suite operator_suite(const OperatorPlan& plan, const Bench& bench) {
  require_operators(plan);
  const SharedTools tools = open_tools(plan, bench);
  Suite suite{"operator", plan.engines.size(), {}};
  for (const OperationKind& kind : operation_kinds()) {
    if (!has(plan.operators, kind.name) || !has(plan.passes, kind.pass) ||
        !all_have(plan.engines, kind))
      continue;
    for (const std::int64_t rows : plan.rows)
      for (const std::int64_t width : plan.widths) {
        if (kind.name == "rope" && width % 2 != 0)
          throw Error(ExitCode::usage,
                      "rope turns pairs: a width of " + std::to_string(width) + " is odd");
        suite.items.push_back(
            {kind.name + " " + kind.pass + " " + std::to_string(rows) + "x" + std::to_string(width),
             [=, &kind, &bench] {
               return case_group(kind, {rows, width, bench.rule.seed}, bench, tools);
             }});
      }
  }
  if (suite.items.empty())
    throw Error(ExitCode::usage, "none of these operators has such a pass",
                "aiops bench operator --pass forward");
  return suite;
}

}  // namespace aiops::bench
