// SPDX-License-Identifier: Apache-2.0
// Proofs of attention, the rotary embedding and the losses.
#include "kernels/attention.hpp"
#include "kernels/cross_entropy.hpp"
#include "kernels/reference/attention.hpp"
#include "kernels/reference/cross_entropy.hpp"
#include "kernels/reference/rope.hpp"
#include "kernels/reference/squared_error.hpp"
#include "kernels/rope.hpp"
#include "kernels/squared_error.hpp"
#include "tests/unit/kernels/proof.hpp"

#include <algorithm>
#include <numeric>

namespace aiops::kernels {
namespace {

using Inputs = std::vector<Numbers>;
using Arrays = std::vector<Floats>;

std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

// Copies rows of `width` between arrays whose rows lie `from_stride` and `to_stride` apart.
Floats with_stride(const Floats& from, std::int64_t width, std::int64_t from_stride,
                   std::int64_t to_stride) {
  const std::int64_t rows = static_cast<std::int64_t>(from.size()) / from_stride;
  Floats to = garbage(size(rows * to_stride));
  for (std::int64_t row = 0; row < rows; ++row)
    std::copy_n(from.data() + row * from_stride, width, to.data() + row * to_stride);
  return to;
}

// The inputs as a model lays them out: wider rows, with garbage in between.
struct Strided {
  Strided(const Attention& packed, const Arrays& in) : shape(packed) {
    q_width = shape.heads * shape.head_dim;
    kv_width = shape.kv_heads * shape.head_dim;
    shape.q_stride = q_width + 5;
    shape.kv_stride = kv_width + 3;
    q = with_stride(in[0], q_width, q_width, shape.q_stride);
    k = with_stride(in[1], kv_width, kv_width, shape.kv_stride);
    v = with_stride(in[2], kv_width, kv_width, shape.kv_stride);
    out = garbage(in[0].size());
    logsumexp = garbage(size(shape.query_row(shape.sequences) * shape.heads));
  }
  void forward(ThreadPool& threads) {
    attention_forward(shape, q.data(), k.data(), v.data(), out.data(), logsumexp.data(), threads);
  }
  Arrays backward(const Floats& dout, ThreadPool& threads) {
    Floats dq = garbage(q.size());
    Floats dk = garbage(k.size());
    Floats dv = garbage(v.size());
    attention_backward(shape,
                       {.q = q.data(),
                        .k = k.data(),
                        .v = v.data(),
                        .out = out.data(),
                        .logsumexp = logsumexp.data(),
                        .out_gradient = dout.data()},
                       dq.data(), dk.data(), dv.data(), threads);
    return {with_stride(dq, q_width, shape.q_stride, q_width),
            with_stride(dk, kv_width, shape.kv_stride, kv_width),
            with_stride(dv, kv_width, shape.kv_stride, kv_width)};
  }
  Attention shape;
  std::int64_t q_width, kv_width;
  Floats q, k, v, out, logsumexp;
};

std::int64_t query_rows(const Attention& shape) { return shape.query_row(shape.sequences); }

Proof attention_at(const Attention& shape, double deviation = 1) {
  Proof proof{.shape = std::to_string(shape.queries) + " queries, " + std::to_string(shape.keys) +
                       " keys, " + std::to_string(shape.heads) + "/" +
                       std::to_string(shape.kv_heads) + " heads of " +
                       std::to_string(shape.head_dim) +
                       (shape.precision == Precision::bf16 ? ", bf16" : ""),
              .tolerance = shape.precision == Precision::bf16 ? kBf16 : kFp32};
  const std::int64_t kv = shape.key_row(shape.sequences) * shape.kv_heads * shape.head_dim;
  proof.inputs = {some_numbers(query_rows(shape) * shape.heads * shape.head_dim, 1, deviation),
                  some_numbers(kv, 2, deviation), some_numbers(kv, 3)};
  proof.oracle = [=](const Inputs& in) { return reference::attention(shape, in[0], in[1], in[2]); };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Strided strided(shape, in);
    strided.forward(threads);
    return strided.out;
  };
  if (shape.queries != shape.keys) return proof;  // a cache: only read forward
  proof.oracle_gradient = [=](const Inputs& in, const Numbers& dout) {
    return reference::attention_gradient(shape, in[0], in[1], in[2], dout);
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dout, ThreadPool& threads) {
    Strided strided(shape, in);
    strided.forward(threads);
    return strided.backward(dout, threads);
  };
  return proof;
}

// The same attention by products in bfloat16.
Attention rounded(Attention shape) {
  shape.precision = Precision::bf16;
  return shape;
}

Proof rope_at(const Rope& shape, double theta) {
  Proof proof{.shape = std::to_string(shape.rows) + " rows, " + std::to_string(shape.heads) +
                       " heads of " + std::to_string(shape.head_dim),
              .inputs = {some_numbers(shape.rows * shape.stride, 1)}};
  const auto turned = [=](const Floats& x, auto turn, ThreadPool& threads) {
    const std::int64_t positions = shape.first + shape.length;
    Floats cosine = garbage(size(positions * shape.head_dim / 2));
    Floats sine = cosine;
    rope_table(positions, rope_frequencies(shape.head_dim, theta), cosine.data(), sine.data());
    Floats y = x;
    turn(shape, cosine.data(), sine.data(), y.data(), threads);
    return y;
  };
  proof.oracle = [=](const Inputs& in) { return reference::rope(shape, theta, in[0]); };
  proof.oracle_gradient = [=](const Inputs&, const Numbers& dy) {
    return reference::rope_gradient(shape, theta, dy);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    return turned(in[0], rope_forward, threads);
  };
  proof.cpu_gradient = [=](const Arrays&, const Floats& dy, ThreadPool& threads) {
    return Arrays{turned(dy, rope_backward, threads)};
  };
  return proof;
}

// The output is `scale` times the sum of the losses, whose gradient the operator gives.
Proof cross_entropy_at(const CrossEntropy& shape, std::int64_t skip) {
  const auto targets = some_tokens(shape.rows, shape.vocab, skip);
  Proof proof{.shape = std::to_string(shape.rows) + " x " + std::to_string(shape.vocab),
              .inputs = {some_numbers(shape.rows * shape.vocab, 1, 4)}};
  proof.oracle = [=](const Inputs& in) {
    const Numbers losses = reference::cross_entropy(shape, targets, in[0]);
    return Numbers{std::accumulate(losses.begin(), losses.end(), 0.0)};
  };
  proof.oracle_gradient = [=](const Inputs& in, const Numbers& scale) {
    return reference::cross_entropy_gradient(shape, targets, in[0],
                                             Numbers(size(shape.rows), scale[0]));
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats losses = garbage(size(shape.rows));
    cross_entropy_forward(shape, in[0].data(), targets.data(), losses.data(), threads);
    return Floats{static_cast<float>(std::accumulate(losses.begin(), losses.end(), 0.0))};
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& scale, ThreadPool& threads) {
    Floats logits = in[0];
    Floats losses = garbage(size(shape.rows));
    cross_entropy_backward(shape, logits.data(), targets.data(), scale[0], losses.data(), threads);
    return Arrays{logits};
  };
  return proof;
}

// As above. There are more rows of values than are targets.
Proof squared_error_at(const SquaredError& shape, std::int64_t skip) {
  const std::int64_t there = shape.rows + 3;
  const auto targets = some_tokens(shape.rows, there, skip);
  const Numbers values = some_numbers(there * shape.width, 2);
  const Floats wanted(values.begin(), values.end());
  Proof proof{.shape = std::to_string(shape.rows) + " x " + std::to_string(shape.width),
              .inputs = {some_numbers(shape.rows * shape.width, 1, 4)}};
  proof.oracle = [=](const Inputs& in) {
    const Numbers losses = reference::squared_error(shape, targets, values, in[0]);
    return Numbers{std::accumulate(losses.begin(), losses.end(), 0.0)};
  };
  proof.oracle_gradient = [=](const Inputs& in, const Numbers& scale) {
    return reference::squared_error_gradient(shape, targets, values, in[0],
                                             Numbers(size(shape.rows), scale[0]));
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats losses = garbage(size(shape.rows));
    squared_error_forward(shape, in[0].data(), targets.data(), wanted.data(), losses.data(),
                          threads);
    return Floats{static_cast<float>(std::accumulate(losses.begin(), losses.end(), 0.0))};
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& scale, ThreadPool& threads) {
    Floats outputs = in[0];
    Floats losses = garbage(size(shape.rows));
    squared_error_backward(shape, outputs.data(), targets.data(), wanted.data(), scale[0],
                           losses.data(), threads);
    return Arrays{outputs};
  };
  return proof;
}

}  // namespace

std::vector<Proof> prove_attention() {
  static constexpr std::int64_t kStarts[] = {0, 1, 71, 72, 90};
  return {attention_at({1, 1, 1, 1, 1, 2}),
          attention_at({2, 17, 17, 4, 2, 6}),
          attention_at({1, 300, 300, 2, 1, 4}),    // several tiles of queries and of keys
          attention_at({2, 64, 64, 2, 2, 32}, 3),  // sharp weights
          attention_at({1, 1, 100, 4, 2, 16}),     // one token after a cache
          attention_at({2, 1, 300, 9, 3, 64}, 3),  // threads part a group of heads
          attention_at({1, 1, 70, 40, 2, 4}),      // more heads than go together
          attention_at({1, 70, 200, 2, 1, 10}),
          attention_at({1, 300, 450, 2, 1, 10}),
          attention_at({.sequences = 4,
                        .queries = 70,
                        .keys = 70,
                        .heads = 4,
                        .kv_heads = 2,
                        .head_dim = 6,
                        .starts = kStarts}),
          attention_at(rounded({1, 295, 295, 2, 1, 6})),
          attention_at(rounded({2, 130, 130, 2, 1, 64}))};
}

std::vector<Proof> prove_rope() {
  static constexpr std::int32_t kPositions[] = {7, 8, 0, 1, 0, 3};
  return {rope_at({.rows = 1, .length = 1, .heads = 1, .head_dim = 2, .stride = 2}, 10000),
          rope_at({.rows = 6, .length = 3, .heads = 3, .head_dim = 10, .stride = 37}, 10000),
          rope_at({.rows = 20, .length = 20, .heads = 2, .head_dim = 64, .stride = 128, .first = 5},
                  1e5),
          rope_at({.rows = 6,
                   .length = 9,  // the table's
                   .heads = 2,
                   .head_dim = 6,
                   .stride = 13,
                   .positions = kPositions},
                  10000)};
}

std::vector<Proof> prove_cross_entropy() {
  return {cross_entropy_at({1, 1}, 0), cross_entropy_at({9, 33}, 3),
          cross_entropy_at({40, 1001}, 5)};
}

std::vector<Proof> prove_squared_error() {
  return {squared_error_at({1, 1}, 0), squared_error_at({9, 3}, 4), squared_error_at({700, 50}, 5)};
}

}  // namespace aiops::kernels
