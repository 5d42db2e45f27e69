// SPDX-License-Identifier: Apache-2.0
#include "bench/attention_check.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/largest_error.hpp"
#include "kernels/reference/attention.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>

namespace aiops::bench {
namespace {

using kernels::Attention;
using kernels::reference::Numbers;

constexpr std::int64_t kCheckedQueries = 64;

// A part of an array of rows: where it begins, and how much of each row it is.
struct Part {
  std::int64_t row, rows, column, columns, stride;
};

Numbers take(const std::vector<float>& from, const Part& part) {
  Numbers numbers;
  for (std::int64_t i = 0; i < part.rows; ++i)
    for (std::int64_t j = 0; j < part.columns; ++j)
      numbers.push_back(
          from[static_cast<std::size_t>((part.row + i) * part.stride + part.column + j)]);
  return numbers;
}

// One key/value head of one sequence, the query heads that read it, and the last queries of all.
// What those say about queries and about the last keys, they say alone: attention is causal.
struct Sample {
  Sample(const Attention& s, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto draw = [&](std::int64_t below) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(below));
    };
    const std::int64_t sequence = draw(s.sequences), head = draw(s.kv_heads);
    const std::int64_t group = s.heads / s.kv_heads;
    shape.sequences = 1;
    shape.queries = std::min(kCheckedQueries, s.queries);
    shape.keys = s.keys;
    shape.heads = group;
    shape.kv_heads = 1;
    shape.head_dim = s.head_dim;
    queries = {(sequence + 1) * s.queries - shape.queries, shape.queries, head * group * s.head_dim,
               group * s.head_dim, s.heads * s.head_dim};
    keys = {sequence * s.keys, s.keys, head * s.head_dim, s.head_dim, s.kv_heads * s.head_dim};
    last_keys = keys;
    last_keys.row += s.keys - shape.queries;
    last_keys.rows = shape.queries;
  }
  // Of all keys' numbers those of the last.
  Numbers last(const Numbers& all) const {
    return Numbers(all.end() - last_keys.rows * last_keys.columns, all.end());
  }
  Attention shape;
  Part queries{}, keys{}, last_keys{};
};

// The largest error, of the largest number. A product of bfloat16 has 8 bits.
double error_of(const std::string& engine, const char* what, const Numbers& got,
                const Numbers& exact, kernels::Precision precision) {
  const double bound = precision == kernels::Precision::bf16 ? 0.03 : 1e-4;
  const double error = largest_error(got, exact);
  if (error > bound)
    throw Error(ExitCode::failed, engine + ": attention: " + what + " is wrong by " +
                                      format_number(error) + " of its largest number");
  return error;
}

Json correct(const Sample& sample, double error) {
  return {{"checked", true},
          {"method", "the last " + std::to_string(sample.shape.queries) +
                         " queries of a group of heads against double"},
          {"max_err", error},
          {"pass", true}};
}

}  // namespace

Json check_attention(const AttentionProblem& p, std::uint64_t seed, const std::string& engine) {
  const Sample sample(p.shape, seed);
  const Numbers exact = kernels::reference::attention(
      sample.shape, take(p.q, sample.queries), take(p.k, sample.keys), take(p.v, sample.keys));
  return correct(sample, error_of(engine, "the output", take(p.out, sample.queries), exact,
                                  p.shape.precision));
}

Json check_attention_gradient(const AttentionProblem& p, std::uint64_t seed,
                              const std::string& engine) {
  const Sample sample(p.shape, seed);
  const auto exact = kernels::reference::attention_gradient(
      sample.shape, take(p.q, sample.queries), take(p.k, sample.keys), take(p.v, sample.keys),
      take(p.out_gradient, sample.queries));
  const kernels::Precision precision = p.shape.precision;
  return correct(
      sample,
      std::max({error_of(engine, "the gradient of queries", take(p.q_gradient, sample.queries),
                         exact[0], precision),
                error_of(engine, "the gradient of keys", take(p.k_gradient, sample.last_keys),
                         sample.last(exact[1]), precision),
                error_of(engine, "the gradient of values", take(p.v_gradient, sample.last_keys),
                         sample.last(exact[2]), precision)}));
}

}  // namespace aiops::bench
