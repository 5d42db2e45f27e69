// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cudnn/sdpa.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr cudnnDataType_t kBf16 = CUDNN_DATA_BFLOAT16;
constexpr cudnnDataType_t kF32 = CUDNN_DATA_FLOAT;

// The shapes of a graph's tensors: sequence, head, row, column.
struct Shapes {
  explicit Shapes(const SdpaShape& s)
      : q{{s.sequences, s.heads, s.queries, s.head_dim},
          {s.queries * s.q_stride, s.head_dim, s.q_stride, 1}},
        v{{s.sequences, s.kv_heads, s.keys, s.head_dim},
          {s.keys * s.kv_stride, s.head_dim, s.kv_stride, 1}},
        k_columns{{s.sequences, s.kv_heads, s.head_dim, s.keys},
                  {s.keys * s.kv_stride, s.head_dim, 1, s.kv_stride}},
        k_rows{{s.sequences, s.kv_heads, s.keys, s.head_dim},
               {s.kv_heads * s.keys * s.head_dim, s.keys * s.head_dim, s.head_dim, 1}},
        out{{s.sequences, s.heads, s.queries, s.head_dim},
            {s.queries * s.heads * s.head_dim, s.head_dim, s.heads * s.head_dim, 1}},
        row{{s.sequences, s.heads, s.queries, 1}, {s.heads * s.queries, s.queries, 1, 1}},
        scores{{s.sequences, s.heads, s.queries, s.keys},
               {s.heads * s.queries * s.keys, s.queries * s.keys, s.keys, 1}},
        scores_turned{{s.sequences, s.heads, s.keys, s.queries},
                      {s.heads * s.queries * s.keys, s.queries * s.keys, 1, s.keys}} {}

  TensorShape q, v, k_columns, k_rows, out, row, scores, scores_turned;
};

using Tensor = GraphBuilder::Tensor;

// Scores of keys after their query become -infinity. A lone query is the last token and sees all.
Tensor mask(const SdpaShape& shape, const Shapes& shapes, Tensor scores, GraphBuilder& graph) {
  if (shape.queries == 1) return scores;
  const Tensor row = graph.between(shapes.scores, CUDNN_DATA_INT32);
  const Tensor column = graph.between(shapes.scores, CUDNN_DATA_INT32);
  const Tensor seen = graph.between(shapes.scores, CUDNN_DATA_BOOLEAN);
  const Tensor masked = graph.between(shapes.scores);
  graph.index(2, scores, row);
  graph.index(3, scores, column);
  graph.greater_or_equal(row, column, seen);
  graph.select(seen, scores, graph.scalar(kMinusInfinity), masked);
  return masked;
}

}  // namespace

std::optional<std::string> why_not(std::int32_t type, const aiops_attention_shape& s) {
  if (type != AIOPS_BF16) return "cuDNN's attention computes in bf16 only";
  if (s.starts != nullptr) return "documents of different lengths in one batch";
  if (s.queries != s.keys && s.queries != 1) return "several queries after a cache of keys";
  if (s.head_dim % 8 != 0) return "a head of " + std::to_string(s.head_dim) + ", not of eights";
  if (s.q_stride % 8 != 0 || s.kv_stride % 8 != 0) return "rows that are not a multiple of 8 wide";
  return std::nullopt;
}

SdpaShape shape_of(const aiops_attention_shape& s) {
  return {s.sequences, s.queries, s.keys, s.heads, s.kv_heads, s.head_dim, s.q_stride, s.kv_stride};
}

// scores = q k^T · scale, masked; m = max, l = sum of e^(scores - m); stats = m + log l;
// out = (e^(scores - m) / l) v.
void build_forward(const SdpaShape& shape, GraphBuilder& graph) {
  const Shapes shapes(shape);
  const Tensor q = graph.memory(kQ, shapes.q, kBf16);
  const Tensor k = graph.memory(kK, shapes.k_columns, kBf16);
  const Tensor v = graph.memory(kV, shapes.v, kBf16);
  const Tensor out = graph.memory(kOut, shapes.out, kBf16);
  const Tensor stats = graph.memory(kStats, shapes.row, kF32);

  const Tensor products = graph.between(shapes.scores);
  const Tensor scaled = graph.between(shapes.scores);
  graph.matmul(q, k, products);
  graph.pointwise(CUDNN_POINTWISE_MUL, products, graph.scalar(kScale), scaled);
  const Tensor masked = mask(shape, shapes, scaled, graph);

  const Tensor most = graph.between(shapes.row);
  const Tensor shifted = graph.between(shapes.scores);
  const Tensor powers = graph.between(shapes.scores);
  const Tensor sum = graph.between(shapes.row);
  const Tensor log_sum = graph.between(shapes.row);
  const Tensor weights = graph.between(shapes.scores, kBf16);
  graph.reduce(CUDNN_REDUCE_TENSOR_MAX, masked, most);
  graph.pointwise(CUDNN_POINTWISE_SUB, masked, most, shifted);
  graph.pointwise(CUDNN_POINTWISE_EXP, shifted, powers);
  graph.reduce(CUDNN_REDUCE_TENSOR_ADD, powers, sum);
  graph.pointwise(CUDNN_POINTWISE_LOG, sum, log_sum);
  graph.pointwise(CUDNN_POINTWISE_ADD, most, log_sum, stats);
  graph.pointwise(CUDNN_POINTWISE_DIV, powers, sum, weights);
  graph.matmul(weights, v, out);
}

// P = e^(scores - stats); dV = P^T dO; dP = dO V^T; dS = P (dP - delta) · scale with delta the sum
// of dO · O over a row; dK = dS^T Q; dQ = dS K. Where several query heads read one key head, dK and
// dV are made for each of them and then added up.
void build_backward(const SdpaShape& shape, GraphBuilder& graph) {
  const Shapes shapes(shape);
  const Tensor q = graph.memory(kQ, shapes.q, kBf16);
  const Tensor k = graph.memory(kK, shapes.k_columns, kBf16);
  const Tensor v = graph.memory(kV, shapes.k_columns, kBf16);
  const Tensor out = graph.memory(kOut, shapes.out, kBf16);
  const Tensor stats = graph.memory(kStats, shapes.row, kF32);
  const Tensor dout = graph.memory(kOutGradient, shapes.out, kBf16);
  const Tensor dq = graph.memory(kQGradient, shapes.q, kBf16);
  const Tensor dk = graph.memory(kKGradient, shapes.v, kBf16);
  const Tensor dv = graph.memory(kVGradient, shapes.v, kBf16);
  const Tensor delta = graph.memory(kDelta, shapes.row, kF32);
  const Tensor q_sum = graph.memory(kQSum, shapes.out, kF32);
  const Tensor k_sum = shape.is_grouped() ? graph.memory(kKPerQuery, shapes.out, kF32) : dk;
  const Tensor v_sum = shape.is_grouped() ? graph.memory(kVPerQuery, shapes.out, kF32) : dv;
  const Tensor scale = graph.scalar(kScale);

  const Tensor both = graph.between(shapes.out);
  const Tensor both_sum = graph.between(shapes.row);
  graph.pointwise(CUDNN_POINTWISE_MUL, dout, out, both);
  graph.reduce(CUDNN_REDUCE_TENSOR_ADD, both, both_sum);
  graph.pointwise(CUDNN_POINTWISE_MUL, both_sum, graph.scalar(kOne), delta);

  const Tensor products = graph.between(shapes.scores);
  const Tensor scaled = graph.between(shapes.scores);
  const Tensor shifted = graph.between(shapes.scores);
  const Tensor weights = graph.between(shapes.scores);
  graph.matmul(q, k, products);
  graph.pointwise(CUDNN_POINTWISE_MUL, products, scale, scaled);
  graph.pointwise(CUDNN_POINTWISE_SUB, scaled, stats, shifted);
  graph.pointwise(CUDNN_POINTWISE_EXP, mask(shape, shapes, shifted, graph), weights);
  const Tensor weights_turned = graph.between(shapes.scores_turned, kBf16);
  graph.reshape(weights, weights_turned);
  graph.matmul(weights_turned, dout, v_sum);

  const Tensor dweights = graph.between(shapes.scores);
  const Tensor centred = graph.between(shapes.scores);
  const Tensor dscores_unscaled = graph.between(shapes.scores);
  const Tensor dscores = graph.between(shapes.scores);
  graph.matmul(dout, v, dweights);
  graph.pointwise(CUDNN_POINTWISE_SUB, dweights, delta, centred);
  graph.pointwise(CUDNN_POINTWISE_MUL, centred, weights, dscores_unscaled);
  graph.pointwise(CUDNN_POINTWISE_MUL, dscores_unscaled, scale, dscores);
  const Tensor dscores_turned = graph.between(shapes.scores_turned, kBf16);
  graph.reshape(dscores, dscores_turned);
  graph.matmul(dscores_turned, q, k_sum);

  const Tensor k_rows = graph.between(shapes.k_rows);
  graph.reshape(k, k_rows);
  graph.matmul(dscores, k_rows, q_sum);
  graph.pointwise(CUDNN_POINTWISE_IDENTITY, q_sum, dq);
  if (!shape.is_grouped()) return;
  graph.reduce(CUDNN_REDUCE_TENSOR_ADD, k_sum, dk);
  graph.reduce(CUDNN_REDUCE_TENSOR_ADD, v_sum, dv);
}

}  // namespace aiops::kernels::cuda
