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
#include "kernels/cpu/bfloat16.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <tuple>

namespace aiops::bench {
namespace {

using kernels::Gemm;
using kernels::Transpose;
using std::string_literals::operator""s;

// A product of the plan, and how its operands are stored: "nt".
struct Product {
  Gemm shape;
  std::string transposes;
  bool is_bf16() const { return shape.precision == kernels::Precision::bf16; }
};

GemmProblem make_problem(const Product& product, std::uint64_t seed) {
  const auto [m, n, k] = std::tie(product.shape.m, product.shape.n, product.shape.k);
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
  problem.shape = product.shape;
  problem.transposes = product.transposes;
  if (product.transposes[0] == 't') problem.shape.transpose_a = Transpose::yes;
  if (product.transposes[1] == 't') problem.shape.transpose_b = Transpose::yes;
  problem.a = random_floats(m * k, random);
  problem.b = random_floats(k * n, random);
  problem.c.assign(static_cast<std::size_t>(m * n), 0.0F);
  // Every engine is then asked for the same product, whoever rounds its operands.
  if (product.is_bf16())
    for (auto* operand : {&problem.a, &problem.b})
      std::ranges::transform(*operand, operand->begin(), kernels::to_bfloat16);
  return problem;
}

// Of the arrays as they lie where the product is worked out: the CPU has fp32 in any case, and a
// GPU sums up gradients of weights, which are its products "tn", in fp32.
std::int64_t bytes_of(const GemmProblem& problem, const BenchGpu* gpu) {
  const Gemm& s = problem.shape;
  const bool is_half = gpu != nullptr && s.precision == kernels::Precision::bf16;
  const std::int64_t operand = is_half ? 2 : 4, result = problem.transposes == "tn" ? 4 : operand;
  return operand * (s.m * s.k + s.k * s.n) + result * s.m * s.n;
}

Measurement describe(const GemmEngine& engine, const GemmProblem& problem, const BenchGpu* gpu,
                     const Bench& bench) {
  const Gemm& s = problem.shape;
  const char* const precision = s.precision == kernels::Precision::bf16 ? "bf16" : "fp32";
  const std::int64_t flops = 2 * s.m * s.n * s.k;
  Measurement result;
  result.workload = {
      {"kind", "gemm"},
      {"params", {{"m", s.m}, {"n", s.n}, {"k", s.k}, {"transpose", problem.transposes}}},
      {"dtype", precision},
      {"accum_dtype", "fp32"},
      {"seed", bench.rule.seed},
      {"flops", flops},
      {"flop_rule", "2mnk"},
      {"bytes_min", bytes_of(problem, gpu)}};
  result.engine = engine.description;
  result.rate = {"gflop_s", "GFLOP/s", static_cast<double>(flops)};
  Json& params = result.workload["params"];
  // On the CPU fp32 goes without saying, so that records of it can be compared.
  if (gpu != nullptr || s.precision == kernels::Precision::bf16) params["precision"] = precision;
  if (gpu == nullptr) {
    params["threads"] = bench.threads;
    result.working_set = bytes_of(problem, nullptr);
    return result;
  }
  result.gpu = gpu->describe();
  gpu->promise_flops(result, s.precision);
  return result;
}

// What a suite's groups share.
struct Engines {
  std::shared_ptr<const BenchGpu> gpu;  // null: the CPU
  std::vector<GemmEngine> engines;
};
using SharedEngines = std::shared_ptr<const Engines>;

// What a group's cases work on.
struct ShapeState {
  SharedEngines engines;
  GemmProblem problem;
  std::optional<CeilingProbe> probe = {};
  std::vector<Measurement> results = {};
};

Group shape_group(const Product& product, const SharedEngines& engines, const Bench& bench) {
  const std::shared_ptr<ShapeState> state(
      new ShapeState{engines, make_problem(product, bench.rule.seed)});
  const BenchGpu* const gpu = engines->gpu.get();
  if (gpu == nullptr) state->probe.emplace(bench.threads, product.shape.precision);
  Group group;
  for (const GemmEngine& engine : engines->engines) {
    state->results.push_back(describe(engine, state->problem, gpu, bench));
    state->results.back().correctness = check_product(engine, state->problem, bench.rule.seed);
    group.cases.push_back({.work =
                               [state, &engine] {
                                 GemmProblem& problem = state->problem;
                                 engine.multiply(problem.shape, problem.a.data(), problem.b.data(),
                                                 problem.c.data());
                               },
                           .before = engine.before,
                           .after = engine.after,
                           .finish = engine.finish});
    if (gpu != nullptr) gpu->watch(group.cases.back(), engine.device);
  }
  put_below_ceiling(group, state);
  return group;
}

std::vector<Product> products_of(const GemmPlan& plan) {
  std::vector<Product> products;
  for (const auto& precision : plan.precisions)
    for (const auto& transposes : plan.transposes)
      for (const std::int64_t m : plan.m)
        for (const std::int64_t n : plan.n.empty() ? std::vector{m} : plan.n)
          for (const std::int64_t k : plan.k.empty() ? std::vector{m} : plan.k) {
            Gemm shape{m, n, k};
            if (precision == "bf16") shape.precision = kernels::Precision::bf16;
            products.push_back({shape, transposes});
          }
  return products;
}

// Where something is asked for that one of the engines does not do, nothing is measured.
void require_served(const GemmPlan& plan) {
  const auto asks = [](const std::vector<std::string>& words, const char* word) {
    return std::ranges::find(words, word) != words.end();
  };
  if (plan.gpu && asks(plan.transposes, "tt"))
    throw Error(ExitCode::usage,
                "a linear layer has no product of two transposed matrices, and cuBLASLt is asked "
                "for those of linear layers",
                "--transpose nn,nt,tn");
  if (!plan.gpu && asks(plan.precisions, "bf16") && plan.engines != std::vector{"aiops"s})
    throw Error(ExitCode::usage, "libraries of the CPU are measured in fp32",
                "--precision fp32, or --engine aiops");
}

}  // namespace

std::vector<std::string> gemm_transposes() { return {"nn", "nt", "tn", "tt"}; }
std::vector<std::string> gemm_engines(Hardware hardware) {
  if (hardware == Hardware::gpu) return {"cublaslt"};
  return {"aiops", "openblas", "onednn"};
}

Suite gemm_suite(const GemmPlan& plan, const Bench& bench) {
  require_served(plan);
  const auto engines = std::make_shared<Engines>();
  if (plan.gpu) engines->gpu = std::make_shared<const BenchGpu>(*plan.gpu);
  for (const auto& name : plan.engines)
    engines->engines.push_back(engines->gpu ? make_gemm_engine(name, *engines->gpu)
                                            : make_gemm_engine(name, bench.threads));
  Suite suite{"gemm", plan.engines.size(), {}};
  for (const Product& product : products_of(plan)) {
    const Gemm& s = product.shape;
    suite.items.push_back({std::to_string(s.m) + "x" + std::to_string(s.n) + "x" +
                               std::to_string(s.k) + " " + product.transposes,
                           [=, &bench] { return shape_group(product, engines, bench); }});
  }
  return suite;
}

}  // namespace aiops::bench
