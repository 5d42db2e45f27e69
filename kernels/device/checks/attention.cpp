// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/attention.hpp"

#include "kernels/device/attention_shape.hpp"
#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

#include <cmath>

namespace aiops::kernels::device {
namespace {

// Weights, which are rounded to bf16 between two products, and gradients through both.
constexpr Tolerance kForward{.fp32 = 1e-5, .bf16 = 2e-2};
constexpr Tolerance kBackward{.fp32 = 1e-4, .bf16 = 3e-2};

std::string text_of(const Attention& s) {
  return fmt::format("{} x {} queries, {} keys, {}/{} heads of {}{}", s.sequences, s.queries,
                     s.keys, s.heads, s.kv_heads, s.head_dim,
                     s.starts.empty() ? "" : ", documents");
}

// Queries, keys and values as a model lays them out: one behind the other in each row.
struct Rows {
  Rows(Workbench& bench, Attention of, Type in)
      : shape(of), type(in), q_width(of.heads * of.head_dim), kv_width(of.kv_heads * of.head_dim) {
    width = q_width + 2 * kv_width;
    shape.q_stride = shape.kv_stride = width;
    rows = shape.starts.empty() ? shape.sequences * shape.keys : shape.starts.back();
    packed = bench.numbers(rows * width, type);
    q = columns(0, q_width);
    k = columns(q_width, kv_width);
    v = columns(q_width + kv_width, kv_width);
    out_gradient = bench.numbers(rows * q_width, type);
  }

  Numbers columns(std::int64_t first, std::int64_t count) const {
    Numbers part;
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t i = 0; i < count; ++i)
        part.push_back(packed[static_cast<std::size_t>(row * width + first + i)]);
    return part;
  }
  // The columns of one array, of a device's, behind `first` elements of its row.
  std::byte* column(const Array& array, std::int64_t first) const {
    return array.data() + first * (type == Type::bf16 ? 2 : 4);
  }
  // Gradients of q, k and v, side by side as they are.
  Numbers side_by_side(const std::vector<Numbers>& parts) const {
    Numbers all;
    for (std::int64_t row = 0; row < rows; ++row)
      for (const Numbers& part : parts) {
        const auto part_width = static_cast<std::int64_t>(part.size()) / rows;
        all.insert(all.end(), part.begin() + row * part_width,
                   part.begin() + (row + 1) * part_width);
      }
    return all;
  }

  Attention shape;
  Type type;
  std::int64_t q_width, kv_width, width, rows;
  Numbers packed, q, k, v, out_gradient;
};

void check_training(Workbench& bench, const Attention& shape, Type type,
                    const Array* starts = nullptr) {
  const Rows r(bench, shape, type);
  const Array there = bench.put(r.packed, type);
  const Array out = bench.room(r.rows * r.q_width, type);
  const Array logsumexp = bench.room(r.rows * shape.heads, Type::fp32);
  const Numbers expected = reference::attention(r.shape, r.q, r.k, r.v);
  aiops_attention_forward forward{};
  forward.type = static_cast<std::int32_t>(type);
  forward.shape = parameters_of(r.shape, starts == nullptr ? nullptr : starts->as<std::int64_t>());
  forward.q = there.data();
  forward.k = r.column(there, r.q_width);
  forward.v = r.column(there, r.q_width + r.kv_width);
  forward.out = out.data();
  forward.logsumexp = logsumexp.floats();
  bench.check(text_of(shape), type, forward, {{out, expected}}, kForward);
  if (bench.results().back().state != CheckResult::State::agrees) return;

  const Array out_gradient = bench.put(r.out_gradient, type);
  const Array gradient = bench.room(r.rows * r.width, type);
  aiops_attention_backward backward{};
  backward.type = forward.type;
  backward.shape = forward.shape;
  backward.q = forward.q;
  backward.k = forward.k;
  backward.v = forward.v;
  backward.out = out.data();
  backward.logsumexp = logsumexp.floats();
  backward.out_gradient = out_gradient.data();
  backward.q_gradient = gradient.data();
  backward.k_gradient = r.column(gradient, r.q_width);
  backward.v_gradient = r.column(gradient, r.q_width + r.kv_width);
  const auto gradients = reference::attention_gradient(r.shape, r.q, r.k, r.v, r.out_gradient);
  bench.check(text_of(shape), type, backward, {{gradient, r.side_by_side(gradients)}}, kBackward);
}

// One token after a cache of keys and values.
void check_decoding(Workbench& bench, Attention shape, Type type) {
  shape.q_stride = shape.heads * shape.head_dim;
  shape.kv_stride = shape.kv_heads * shape.head_dim;
  const Numbers q = bench.numbers(shape.sequences * shape.q_stride, type);
  const Numbers k = bench.numbers(shape.sequences * shape.keys * shape.kv_stride, type);
  const Numbers v = bench.numbers(shape.sequences * shape.keys * shape.kv_stride, type);
  const Array there_q = bench.put(q, type);
  const Array there_k = bench.put(k, type);
  const Array there_v = bench.put(v, type);
  const Array out = bench.room(static_cast<std::int64_t>(q.size()), type);
  const Array logsumexp = bench.room(shape.sequences * shape.heads, Type::fp32);
  aiops_attention_forward forward{};
  forward.type = static_cast<std::int32_t>(type);
  forward.shape = parameters_of(shape);
  forward.q = there_q.data();
  forward.k = there_k.data();
  forward.v = there_v.data();
  forward.out = out.data();
  forward.logsumexp = logsumexp.floats();
  bench.check(text_of(shape), type, forward, {{out, reference::attention(shape, q, k, v)}},
              kForward);
}

Attention shaped(std::int64_t sequences, std::int64_t queries, std::int64_t keys,
                 std::int64_t heads, std::int64_t kv_heads, std::int64_t head_dim) {
  return {.sequences = sequences,
          .queries = queries,
          .keys = keys,
          .heads = heads,
          .kv_heads = kv_heads,
          .head_dim = head_dim};
}

// Three documents of lengths of their own, one behind the other.
void check_documents(Workbench& bench, Type type) {
  const std::vector<std::int64_t> starts{0, 5, 6, 40};
  Attention shape = shaped(3, 34, 34, 4, 2, 24);
  shape.starts = starts;
  const Array there = bench.put(starts);
  check_training(bench, shape, type, &there);
}

}  // namespace

void check_attention(Workbench& bench) {
  for (const Type type : kTypes) {
    check_training(bench, shaped(2, 40, 40, 2, 2, 64), type);
    check_training(bench, shaped(1, 65, 65, 4, 2, 64), type);
    check_training(bench, shaped(1, 33, 33, 2, 1, 128), type);
    check_training(bench, shaped(2, 17, 17, 2, 1, 20), type);  // a head that is no multiple of 8
    check_documents(bench, type);
    check_decoding(bench, shaped(2, 1, 50, 4, 2, 64), type);
  }
}

}  // namespace aiops::kernels::device
