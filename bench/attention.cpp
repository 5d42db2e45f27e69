// SPDX-License-Identifier: Apache-2.0
#include "bench/attention.hpp"

#include "base/error.hpp"
#include "bench/attention_check.hpp"
#include "bench/attention_engines.hpp"
#include "bench/below_ceiling.hpp"
#include "bench/host.hpp"
#include "bench/random_floats.hpp"
#include "bench/record.hpp"

#include <algorithm>
#include <memory>
#include <optional>

namespace aiops::bench {
namespace {

using kernels::Attention;

// Elements of queries, of keys, and pairs of a query and a key that it sees.
struct Sizes {
  explicit Sizes(const Attention& s)
      : queries(s.sequences * s.queries * s.heads * s.head_dim),
        keys(s.sequences * s.keys * s.kv_heads * s.head_dim),
        statistics(s.sequences * s.queries * s.heads),
        pairs(s.sequences * s.heads * s.keys * (s.keys + 1) / 2) {}
  std::int64_t queries, keys, statistics, pairs;
};

// A shape's arrays; the same numbers each time.
std::unique_ptr<AttentionProblem> make_problem(const Attention& shape, std::uint64_t seed) {
  auto problem = std::make_unique<AttentionProblem>();
  AttentionProblem& p = *problem;
  const Sizes n(shape);
  std::mt19937_64 random(seed);
  p.shape = shape;
  p.q = random_floats(n.queries, random);
  p.k = random_floats(n.keys, random);
  p.v = random_floats(n.keys, random);
  p.out_gradient = random_floats(n.queries, random);
  p.out.resize(p.q.size());
  p.logsumexp.resize(static_cast<std::size_t>(n.statistics));
  p.q_gradient.resize(p.q.size());
  p.k_gradient.resize(p.k.size());
  p.v_gradient.resize(p.v.size());
  return problem;
}

// In double, because what does not fit need not fit into an integer either.
void require_memory(const Attention& shape, const std::vector<std::string>& engines) {
  const auto of = [](std::int64_t n) { return static_cast<double>(n); };
  double bytes = 0;
  for (const std::string& engine : engines)
    bytes += 16 * of(shape.sequences) * of(shape.keys) * of(shape.head_dim) *
                 of(shape.heads + shape.kv_heads) +
             attention_scratch(engine, shape);
  if (bytes > static_cast<double>(available_memory()))
    throw Error(ExitCode::failed,
                "attention of " + std::to_string(shape.sequences) + " rows of " +
                    std::to_string(shape.keys) + " does not fit into the memory available",
                "fewer --rows or a shorter --length");
}

// Forward: q k^T and p v. Backward: q k^T again, and the gradients of p, v, q and k.
Measurement describe(const Attention& s, const std::string& pass, const std::string& precision,
                     const BenchGpu* gpu, const Bench& bench) {
  const bool forward = pass == "forward";
  const Sizes n(s);
  const std::int64_t flops = (forward ? 4 : 10) * n.pairs * s.head_dim;
  const std::int64_t elements = (forward ? 2 : 4) * (n.queries + n.keys);
  // As the arrays lie in memory: on the CPU as fp32 in any case.
  const std::int64_t bytes_each = gpu != nullptr && precision == "bf16" ? 2 : 4;
  Measurement result;
  result.workload = {{"kind", "attention"},
                     {"params",
                      {{"pass", pass},
                       {"rows", s.sequences},
                       {"length", s.queries},
                       {"heads", s.heads},
                       {"kv_heads", s.kv_heads},
                       {"head_dim", s.head_dim},
                       {"precision", precision}}},
                     {"dtype", precision},
                     {"accum_dtype", "fp32"},
                     {"seed", bench.rule.seed},
                     {"flops", flops},
                     {"flop_rule", "causal pairs x head_dim, 4 forward and 10 backward"},
                     {"bytes_min", bytes_each * elements + 4 * n.statistics},
                     {"byte_rule", "every array once"}};
  result.rate = {"gflop_s", "GFLOP/s", static_cast<double>(flops)};
  if (gpu == nullptr) {
    result.workload["params"]["threads"] = bench.threads;
    return result;
  }
  result.gpu = gpu->describe();
  gpu->promise_flops(result, s.precision);
  return result;
}

using SharedGpu = std::shared_ptr<const BenchGpu>;  // null: the CPU

struct State {
  SharedGpu gpu;
  std::optional<CeilingProbe> probe = {};
  std::vector<std::unique_ptr<AttentionProblem>> problems = {};  // of each engine
  std::vector<AttentionEngine> engines = {};
  std::vector<Measurement> results = {};
};

void add_case(Group& group, const std::shared_ptr<State>& state, std::size_t i,
              const std::string& pass, const std::string& precision, const Bench& bench) {
  const AttentionEngine& engine = state->engines[i];
  const AttentionProblem& problem = *state->problems[i];
  const bool forward = pass == "forward";
  Measurement& result = state->results.emplace_back(
      describe(problem.shape, pass, precision, state->gpu.get(), bench));
  result.engine = engine.description;
  const std::string name = engine.description.at("name");
  result.correctness = forward ? check_attention(problem, bench.rule.seed, name)
                               : check_attention_gradient(problem, bench.rule.seed, name);
  group.cases.push_back(
      {.work = [state, work = forward ? engine.forward : engine.backward] { work(); },
       .before = engine.before,
       .after = engine.after,
       .finish = engine.finish});
  if (state->gpu) state->gpu->watch(group.cases.back(), engine.device);
}

// Both passes once, on arrays of its own: the backward pass needs the forward pass.
void add_engine(State& state, const std::string& name, const Attention& shape, const Bench& bench) {
  state.problems.push_back(make_problem(shape, bench.rule.seed));
  AttentionProblem& problem = *state.problems.back();
  const AttentionEngine& engine =
      state.engines.emplace_back(state.gpu ? make_attention_engine(name, problem, *state.gpu)
                                           : make_attention_engine(name, problem, bench.threads));
  if (engine.before) engine.before();
  engine.forward();
  engine.backward();
  if (engine.after) engine.after();
  if (engine.fetch) engine.fetch();
}

Group shape_group(const Attention& shape, const std::string& precision, const AttentionPlan& plan,
                  const SharedGpu& gpu, const Bench& bench) {
  require_memory(shape, plan.engines);
  const std::shared_ptr<State> state(new State{gpu});
  if (!gpu) state->probe.emplace(bench.threads, shape.precision);
  for (const std::string& name : plan.engines) add_engine(*state, name, shape, bench);
  Group group;
  for (const std::string& pass : plan.passes)
    for (std::size_t i = 0; i < state->engines.size(); ++i)
      add_case(group, state, i, pass, precision, bench);
  put_below_ceiling(group, state);
  return group;
}

std::vector<Attention> shapes_of(const AttentionPlan& plan) {
  std::vector<Attention> shapes;
  for (const std::int64_t rows : plan.rows)
    for (const std::int64_t length : plan.lengths)
      for (const std::int64_t heads : plan.heads)
        for (const std::int64_t kv_heads :
             plan.kv_heads.empty() ? std::vector{heads} : plan.kv_heads)
          for (const std::int64_t head_dim : plan.head_dims) {
            if (heads % kv_heads != 0)
              throw Error(ExitCode::usage,
                          std::to_string(heads) + " heads cannot share " +
                              std::to_string(kv_heads) + " key/value heads",
                          "choose --kv-heads that divide --heads");
            Attention shape;
            shape.sequences = rows;
            shape.queries = shape.keys = length;
            shape.heads = heads;
            shape.kv_heads = kv_heads;
            shape.head_dim = head_dim;
            shape.q_stride = heads * head_dim;
            shape.kv_stride = kv_heads * head_dim;
            shapes.push_back(shape);
          }
  return shapes;
}

std::string note_of(const Attention& s) {
  return std::to_string(s.sequences) + "x" + std::to_string(s.queries) + ", " +
         std::to_string(s.heads) + "/" + std::to_string(s.kv_heads) + " heads of " +
         std::to_string(s.head_dim);
}

}  // namespace

std::vector<std::string> attention_passes() { return {"forward", "backward"}; }

Suite attention_suite(const AttentionPlan& plan, const Bench& bench) {
  const auto asks = [](const std::vector<std::string>& words, const char* word) {
    return std::ranges::find(words, word) != words.end();
  };
  if (asks(plan.engines, "onednn") && asks(plan.precisions, "bf16"))
    throw Error(ExitCode::usage, "oneDNN takes bf16 from memory, where training has fp32",
                "--precision fp32, or --engine aiops");
  const auto gpu = plan.gpu ? std::make_shared<const BenchGpu>(*plan.gpu) : nullptr;
  Suite suite{"attention", plan.passes.size() * plan.engines.size(), {}};
  for (const Attention& each : shapes_of(plan))
    for (const auto& precision : plan.precisions) {
      Attention shape = each;
      if (precision == "bf16") shape.precision = kernels::Precision::bf16;
      suite.items.push_back({note_of(shape) + " " + precision, [=, &bench] {
                               return shape_group(shape, precision, plan, gpu, bench);
                             }});
    }
  return suite;
}

}  // namespace aiops::bench
