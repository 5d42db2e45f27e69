// SPDX-License-Identifier: Apache-2.0
#include "bench/gemm.hpp"

#include "base/error.hpp"
#include "bench/below_ceiling.hpp"
#include "bench/gemm_check.hpp"
#include "bench/gemm_engines.hpp"
#include "bench/host.hpp"
#include "bench/random_floats.hpp"
#include "bench/record.hpp"
#include "bench/team.hpp"

#include <algorithm>
#include <limits>
#include <random>

namespace aiops::bench {
namespace {

using kernels::Gemm;
using kernels::Transpose;

GemmProblem make_problem(std::int64_t m, std::int64_t n, std::int64_t k,
                         const std::string& transposes, std::uint64_t seed) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();  // of a BLAS dimension
  const double bytes = 4.0 * (static_cast<double>(m) * static_cast<double>(k) +
                              static_cast<double>(k) * static_cast<double>(n) +
                              static_cast<double>(m) * static_cast<double>(n));
  if (std::max({m, n, k}) > kMost || bytes > static_cast<double>(available_memory()))
    throw Error(ExitCode::failed, "matrices of " + std::to_string(m) + "x" + std::to_string(n) +
                                      "x" + std::to_string(k) +
                                      " do not fit into the memory available");
  std::mt19937_64 random(seed);
  GemmProblem problem;
  problem.shape.m = m;
  problem.shape.n = n;
  problem.shape.k = k;
  problem.transposes = transposes;
  if (transposes[0] == 't') problem.shape.transpose_a = Transpose::yes;
  if (transposes[1] == 't') problem.shape.transpose_b = Transpose::yes;
  problem.a = random_floats(m * k, random);
  problem.b = random_floats(k * n, random);
  problem.c.assign(static_cast<std::size_t>(m * n), 0.0F);
  return problem;
}

Measurement describe(const GemmEngine& engine, const GemmProblem& problem, const Bench& bench) {
  const Gemm& s = problem.shape;
  const std::int64_t flops = 2 * s.m * s.n * s.k;
  Measurement result;
  result.workload = {{"kind", "gemm"},
                     {"params",
                      {{"m", s.m},
                       {"n", s.n},
                       {"k", s.k},
                       {"transpose", problem.transposes},
                       {"threads", bench.threads}}},
                     {"dtype", "fp32"},
                     {"accum_dtype", "fp32"},
                     {"seed", bench.rule.seed},
                     {"flops", flops},
                     {"flop_rule", "2mnk"},
                     {"bytes_min", 4 * (s.m * s.k + s.k * s.n + s.m * s.n)}};
  result.engine = engine.description;
  result.rate = {"gflop_s", "GFLOP/s", static_cast<double>(flops)};
  result.working_set = 4 * (s.m * s.k + s.k * s.n + s.m * s.n);
  return result;
}

using Engines = std::shared_ptr<const std::vector<GemmEngine>>;

// What a group's cases work on.
struct ShapeState {
  Engines engines;
  GemmProblem problem;
  CeilingProbe probe;
  std::vector<Measurement> results;
};

Group shape_group(const Gemm& shape, const std::string& transposes, const Engines& engines,
                  const Bench& bench) {
  const std::shared_ptr<ShapeState> state(
      new ShapeState{engines,
                     make_problem(shape.m, shape.n, shape.k, transposes, bench.rule.seed),
                     CeilingProbe(bench.threads),
                     {}});
  Group group;
  for (const GemmEngine& engine : *engines) {
    state->results.push_back(describe(engine, state->problem, bench));
    state->results.back().correctness = check_product(engine, state->problem, bench.rule.seed);
    group.cases.push_back({.work =
                               [state, &engine] {
                                 GemmProblem& problem = state->problem;
                                 engine.multiply(problem.shape, problem.a.data(), problem.b.data(),
                                                 problem.c.data());
                               },
                           .before = engine.before,
                           .after = engine.after});
  }
  put_below_ceiling(group, state);
  return group;
}

}  // namespace

std::vector<std::string> gemm_transposes() { return {"nn", "nt", "tn", "tt"}; }
std::vector<std::string> gemm_engines() { return {"aiops", "openblas", "onednn"}; }

Suite gemm_suite(const GemmPlan& plan, const Bench& bench) {
  const auto engines = std::make_shared<std::vector<GemmEngine>>();
  for (const auto& name : plan.engines) engines->push_back(make_gemm_engine(name, bench.threads));
  Suite suite{"gemm", engines->size(), {}};
  for (const auto& transposes : plan.transposes)
    for (const std::int64_t m : plan.m)
      for (const std::int64_t n : plan.n.empty() ? std::vector{m} : plan.n)
        for (const std::int64_t k : plan.k.empty() ? std::vector{m} : plan.k)
          suite.items.push_back({std::to_string(m) + "x" + std::to_string(n) + "x" +
                                     std::to_string(k) + " " + transposes,
                                 [=, &bench] {
                                   return shape_group(Gemm{m, n, k}, transposes, engines, bench);
                                 }});
  return suite;
}

}  // namespace aiops::bench
