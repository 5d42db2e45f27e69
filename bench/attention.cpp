// SPDX-License-Identifier: Apache-2.0
#include "bench/attention.hpp"

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "bench/attention_check.hpp"
#include "bench/below_ceiling.hpp"
#include "bench/host.hpp"
#include "bench/random_floats.hpp"
#include "bench/record.hpp"

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

// A shape's arrays and the threads that work on them.
struct Problem : AttentionProblem {
  Problem(const Attention& wanted, const Bench& bench) : threads(bench.threads) {
    shape = wanted;
    check_memory();
    const Sizes n(shape);
    std::mt19937_64 random(bench.rule.seed);
    q = random_floats(n.queries, random);
    k = random_floats(n.keys, random);
    v = random_floats(n.keys, random);
    out_gradient = random_floats(n.queries, random);
    out.resize(q.size());
    logsumexp.resize(static_cast<std::size_t>(n.statistics));
    q_gradient.resize(q.size());
    k_gradient.resize(k.size());
    v_gradient.resize(v.size());
  }

  void forward() {
    attention_forward(shape, q.data(), k.data(), v.data(), out.data(), logsumexp.data(), threads);
  }
  void backward() {
    attention_backward(
        shape, {q.data(), k.data(), v.data(), out.data(), logsumexp.data(), out_gradient.data()},
        q_gradient.data(), k_gradient.data(), v_gradient.data(), threads);
  }

  // In double, because what does not fit need not fit into an integer either.
  void check_memory() const {
    const auto of = [](std::int64_t n) { return static_cast<double>(n); };
    const double bytes = 16 * of(shape.sequences) * of(shape.keys) * of(shape.head_dim) *
                         of(shape.heads + shape.kv_heads);
    if (bytes > static_cast<double>(available_memory()))
      throw Error(ExitCode::failed,
                  "attention of " + std::to_string(shape.sequences) + " rows of " +
                      std::to_string(shape.keys) + " does not fit into the memory available",
                  "fewer --rows or a shorter --length");
  }

  ThreadPool threads;
};

// Forward: q k^T and p v. Backward: q k^T again, and the gradients of p, v, q and k.
Measurement describe(const Attention& s, const std::string& pass, const std::string& precision,
                     const Bench& bench) {
  const bool forward = pass == "forward";
  const Sizes n(s);
  const std::int64_t flops = (forward ? 4 : 10) * n.pairs * s.head_dim;
  const std::int64_t floats = forward ? 2 * n.queries + 2 * n.keys + n.statistics
                                      : 4 * n.queries + 4 * n.keys + n.statistics;
  Measurement result;
  result.workload = {{"kind", "attention"},
                     {"params",
                      {{"pass", pass},
                       {"rows", s.sequences},
                       {"length", s.queries},
                       {"heads", s.heads},
                       {"kv_heads", s.kv_heads},
                       {"head_dim", s.head_dim},
                       {"precision", precision},
                       {"threads", bench.threads}}},
                     {"dtype", precision},
                     {"accum_dtype", "fp32"},
                     {"seed", bench.rule.seed},
                     {"flops", flops},
                     {"flop_rule", "causal pairs x head_dim, 4 forward and 10 backward"},
                     {"bytes_min", 4 * floats},
                     {"byte_rule", "every array once"}};
  result.engine = {{"name", "aiops"},
                   {"version", nullptr},
                   {"backend", "cpu"},
                   {"flags", {{"tiles", kernels::gemm_engine(s.precision)}}}};
  result.rate = {"gflop_s", "GFLOP/s", static_cast<double>(flops)};
  return result;
}

struct State {
  Problem problem;
  CeilingProbe probe;
  std::vector<Measurement> results;
};

Group shape_group(const Attention& shape, const std::string& precision,
                  const std::vector<std::string>& passes, const Bench& bench) {
  const std::shared_ptr<State> state(
      new State{{shape, bench}, CeilingProbe(bench.threads, shape.precision), {}});
  Problem& problem = state->problem;
  problem.forward();  // the backward pass needs it
  problem.backward();
  Group group;
  for (const std::string& pass : passes) {
    const bool forward = pass == "forward";
    state->results.push_back(describe(shape, pass, precision, bench));
    state->results.back().correctness = forward
                                            ? check_attention(problem, bench.rule.seed)
                                            : check_attention_gradient(problem, bench.rule.seed);
    if (forward)
      group.cases.push_back({[state] { state->problem.forward(); }});
    else
      group.cases.push_back({[state] { state->problem.backward(); }});
  }
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
  Suite suite{"attention", plan.passes.size(), {}};
  for (const Attention& each : shapes_of(plan))
    for (const auto& precision : plan.precisions) {
      Attention shape = each;
      if (precision == "bf16") shape.precision = kernels::Precision::bf16;
      suite.items.push_back({note_of(shape) + " " + precision, [=, &bench, passes = plan.passes] {
                               return shape_group(shape, precision, passes, bench);
                             }});
    }
  return suite;
}

}  // namespace aiops::bench
