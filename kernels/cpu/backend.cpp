// SPDX-License-Identifier: Apache-2.0
// Operators said in the words of kernels/device/operators.h, done by those of this folder. Values,
// activations and gradients are fp32 whatever their `type` says: of a product it says what the
// operands are rounded to.
#include "kernels/backend.hpp"

#include "base/error.hpp"
#include "kernels/adamw.hpp"
#include "kernels/attention.hpp"
#include "kernels/bias.hpp"
#include "kernels/cpu/rows.hpp"
#include "kernels/cross_entropy.hpp"
#include "kernels/device/attention_shape.hpp"
#include "kernels/dropout.hpp"
#include "kernels/embedding.hpp"
#include "kernels/gelu.hpp"
#include "kernels/gradient_norm.hpp"
#include "kernels/head_norm.hpp"
#include "kernels/layer_norm.hpp"
#include "kernels/linear.hpp"
#include "kernels/momentum.hpp"
#include "kernels/newton_schulz.hpp"
#include "kernels/parallel.hpp"
#include "kernels/residual.hpp"
#include "kernels/rms_norm.hpp"
#include "kernels/rope.hpp"
#include "kernels/sampling.hpp"
#include "kernels/scaled_rows.hpp"
#include "kernels/squared_error.hpp"
#include "kernels/swiglu.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace aiops::kernels {
namespace {

const float* floats(const void* elements) { return static_cast<const float*>(elements); }
float* floats(void* elements) { return static_cast<float*>(elements); }

Precision precision(std::int32_t type) {
  return type == AIOPS_BF16 ? Precision::bf16 : Precision::fp32;
}
Accumulate accumulate(std::int32_t word) {
  return word == AIOPS_ADD ? Accumulate::yes : Accumulate::no;
}

template <typename Element>
std::span<Element> span_of(Element* first, std::int64_t count) {
  return {first, static_cast<std::size_t>(first == nullptr ? 0 : count)};
}

Attention attention(const aiops_attention_shape& s, std::int32_t type) {
  Attention shape = device::attention_of(s);
  shape.precision = precision(type);
  return shape;
}

Dropout dropout(const aiops_dropout_elements& e) {
  return {.count = e.count,
          .rate = e.rate,
          .seed = e.seed,
          .stream = e.stream,
          .first = e.first + (e.row == nullptr ? 0 : e.width * *e.row)};
}

class CpuBackend final : public Backend {
 public:
  CpuBackend(ThreadPool& threads, Precision products) : threads_(threads), products_(products) {}

  aiops_type products() const override {
    return products_ == Precision::bf16 ? AIOPS_BF16 : AIOPS_F32;
  }
  aiops_type elements() const override { return AIOPS_F32; }

  bool is_host() const override { return true; }
  Arena memory(std::uint64_t count) override { return Arena(count); }
  Arena parameter_memory(std::uint64_t count) override { return Arena(count); }
  Arena frozen_memory(std::uint64_t count, const Arena&) override { return Arena(count); }
  const void* rounded(const float* parameter) const override { return parameter; }
  void* copy_of(const float*) const override { return nullptr; }
  Arena host_memory(std::uint64_t count) override { return Arena(count); }
  Arrival snapshot(const std::function<void()>& look) override {
    look();
    return [] {};
  }
  bool is_taking_snapshot() const override { return false; }
  void await_snapshot() override {}

  void upload(const Arena& here, const Arena& there) override {
    std::ranges::copy(here.span(), there.data());
  }
  void download(const Arena& there, const Arena& here) override {
    std::ranges::copy(there.span(), here.data());
  }
  void clear(void* memory, std::uint64_t bytes) override {
    for_each_chunk(threads_, static_cast<std::int64_t>(bytes), 1 << 18,
                   [&](std::int64_t begin, std::int64_t end) {
                     auto* const first = static_cast<std::byte*>(memory);
                     std::fill(first + begin, first + end, std::byte{0});
                   });
  }
  void write(std::span<const float> here, float* there) override { std::ranges::copy(here, there); }
  std::uint64_t updates_of(const float*) const override { return 0; }

  void begin_staging() override {}
  std::span<const float> read(Elements from, std::int64_t count) override {
    return span_of(floats(static_cast<const void*>(from)), count);
  }
  std::span<const double> read(const double* from, std::int64_t count) override {
    return span_of(from, count);
  }
  double* results(std::int64_t count) override {
    results_.resize(static_cast<std::size_t>(count));
    return results_.data();
  }

  // There is no Communicator of the CPU.
  void sum(device::Communicator&, std::span<const std::span<float>>,
           const std::function<void()>&) override {
    std::abort();
  }

  void pass(const std::function<void()>& work) override { work(); }

  void run(const aiops_embedding_forward& p) override {
    embedding_forward(span_of(p.ids, p.tokens), p.width, floats(p.table), floats(p.out), threads_);
  }
  void run(const aiops_embedding_backward& p) override {
    embedding_backward({p.tokens_that_occur, p.width, p.tokens, p.starts, p.places},
                       floats(p.out_gradient), p.table_gradient, threads_);
  }

  void run(const aiops_linear_forward& p) override {
    float* const before = floats(p.pre_activation == nullptr ? p.y : p.pre_activation);
    linear_forward({p.rows, p.in, p.out, precision(p.type)}, floats(p.x), floats(p.weight),
                   floats(p.bias), before, threads_);
    if (p.activation == AIOPS_GELU) gelu_forward(p.rows * p.out, before, floats(p.y), threads_);
  }
  void run(const aiops_linear_backward_input& p) override {
    linear_backward_input({p.rows, p.in, p.out, precision(p.type)}, accumulate(p.accumulate),
                          floats(p.y_gradient), floats(p.weight), floats(p.x_gradient), threads_);
    if (p.pre_activation != nullptr)
      gelu_backward(p.rows * p.in, floats(p.pre_activation), floats(p.x_gradient),
                    floats(p.x_gradient), threads_);
  }
  void run(const aiops_linear_backward_weight& p) override {
    linear_backward_weight({p.rows, p.in, p.out, precision(p.type)}, accumulate(p.accumulate),
                           floats(p.y_gradient), floats(p.x), p.weight_gradient, threads_);
    if (p.bias_gradient == nullptr) return;
    std::fill_n(p.bias_gradient, p.out, 0.0F);
    bias_backward({p.rows, p.out}, floats(p.y_gradient), p.bias_gradient, threads_);
  }
  void run(const aiops_bias_forward& p) override {
    bias_forward({p.rows, p.width}, floats(p.bias), floats(p.y), threads_);
  }
  void run(const aiops_bias_backward& p) override {
    bias_backward({p.rows, p.width}, floats(p.y_gradient), p.bias_gradient, threads_);
  }

  void run(const aiops_attention_forward& p) override {
    attention_forward(attention(p.shape, p.type), floats(p.q), floats(p.k), floats(p.v),
                      floats(p.out), p.logsumexp, threads_);
  }
  void run(const aiops_attention_backward& p) override {
    attention_backward(attention(p.shape, p.type),
                       {.q = floats(p.q),
                        .k = floats(p.k),
                        .v = floats(p.v),
                        .out = floats(p.out),
                        .logsumexp = p.logsumexp,
                        .out_gradient = floats(p.out_gradient)},
                       floats(p.q_gradient), floats(p.k_gradient), floats(p.v_gradient), threads_);
  }
  void run(const aiops_rope& p) override {
    const Rope shape{.rows = p.rows,
                     .length = p.length,
                     .heads = p.heads,
                     .head_dim = p.head_dim,
                     .stride = p.stride,
                     .first = p.first,
                     .positions = span_of(p.positions, p.rows)};
    const auto turn = p.backward != 0 ? rope_backward : rope_forward;
    turn(shape, p.cosine, p.sine, floats(p.x), threads_);
  }

  void run(const aiops_rms_norm_forward& p) override {
    rms_norm_forward({p.rows, p.width, p.epsilon}, floats(p.x), floats(p.weight), floats(p.y),
                     p.reciprocal, threads_);
  }
  void run(const aiops_rms_norm_backward& p) override {
    rms_norm_backward({p.rows, p.width, p.epsilon}, floats(p.x), floats(p.weight), p.reciprocal,
                      floats(p.y_gradient), floats(p.x_gradient), p.weight_gradient, threads_);
  }
  void run(const aiops_layer_norm_forward& p) override {
    layer_norm_forward({p.rows, p.width, p.epsilon}, floats(p.x), floats(p.weight), floats(p.bias),
                       floats(p.y), {p.mean, p.reciprocal}, threads_);
  }
  void run(const aiops_layer_norm_backward& p) override {
    // The tape is read only; its type serves the forward pass too.
    const LayerNormTape tape{const_cast<float*>(p.mean), const_cast<float*>(p.reciprocal)};
    layer_norm_backward({p.rows, p.width, p.epsilon}, floats(p.x), floats(p.weight), tape,
                        floats(p.y_gradient), floats(p.x_gradient), p.weight_gradient,
                        p.bias_gradient, threads_);
  }
  void run(const aiops_head_norm_forward& p) override {
    head_norm_forward({p.rows, p.heads, p.head_dim, p.stride, p.epsilon}, floats(p.weight),
                      floats(p.x), {floats(p.input), p.reciprocal}, threads_);
  }
  void run(const aiops_head_norm_backward& p) override {
    const HeadNormTape tape{const_cast<float*>(floats(p.input)), const_cast<float*>(p.reciprocal)};
    head_norm_backward({p.rows, p.heads, p.head_dim, p.stride, p.epsilon}, floats(p.weight), tape,
                       floats(p.gradient), p.weight_gradient, threads_);
  }

  void run(const aiops_residual& p) override {
    residual_add(p.count, floats(p.branch), floats(p.stream), threads_);
  }
  void run(const aiops_scaled_rows& p) override {
    scaled_rows({.rows = p.rows,
                 .width = p.width,
                 .from_stride = p.from_stride,
                 .to_stride = p.to_stride,
                 .factor = p.factor,
                 .accumulate = accumulate(p.accumulate)},
                floats(p.from), floats(p.to), threads_);
  }
  void run(const aiops_gelu_forward& p) override {
    gelu_forward(p.count, floats(p.x), floats(p.out), threads_);
  }
  void run(const aiops_gelu_backward& p) override {
    gelu_backward(p.count, floats(p.x), floats(p.out_gradient), floats(p.x_gradient), threads_);
  }
  void run(const aiops_swiglu_forward& p) override {
    swiglu_forward({p.rows, p.width}, floats(p.gate_up), floats(p.out), threads_);
  }
  void run(const aiops_swiglu_backward& p) override {
    swiglu_backward({p.rows, p.width}, floats(p.gate_up), floats(p.out_gradient),
                    floats(p.gate_up_gradient), threads_);
  }

  void run(const aiops_cross_entropy_forward& p) override {
    cross_entropy_forward({p.rows, p.vocab}, floats(p.logits), p.targets, p.losses, threads_);
  }
  void run(const aiops_cross_entropy_backward& p) override {
    cross_entropy_backward({p.rows, p.vocab}, floats(p.logits), p.targets, p.scale, p.losses,
                           threads_);
  }
  void run(const aiops_squared_error_forward& p) override {
    squared_error_forward({p.rows, p.width}, floats(p.outputs), p.targets, p.values, p.losses,
                          threads_);
  }
  void run(const aiops_squared_error_backward& p) override {
    squared_error_backward({p.rows, p.width}, floats(p.outputs), p.targets, p.values, p.scale,
                           p.losses, threads_);
  }
  void run(const aiops_dropout_forward& p) override {
    dropout_forward(dropout(p.elements), floats(p.x), floats(p.y), threads_);
  }
  void run(const aiops_dropout_backward& p) override {
    dropout_backward(dropout(p.elements), floats(p.y_gradient), floats(p.x_gradient), threads_);
  }

  void run(const aiops_adamw& p) override {
    static_assert(sizeof(AdamWFactors) == sizeof(aiops_adamw_factors));
    auto factors = std::bit_cast<AdamWFactors>(*p.factors);
    if (p.gradient_scale != nullptr) factors.gradient *= *p.gradient_scale;
    adamw_update(factors, span_of(p.value, p.count), span_of(p.gradient, p.count),
                 span_of(p.m, p.count), span_of(p.v, p.count), threads_);
  }
  void run(const aiops_momentum& p) override {
    const MomentumFactors factors{
        .momentum = p.factors->momentum,
        .keep = p.factors->keep,
        .rate = p.factors->rate,
        .gradient = p.gradient_scale == nullptr ? 1.0F : *p.gradient_scale};
    momentum_update(factors, span_of(p.value, p.count), span_of(p.gradient, p.count),
                    span_of(p.buffer, p.count), threads_);
  }
  void run(const aiops_nesterov& p) override {
    const float factor = p.gradient_scale == nullptr ? 1.0F : *p.gradient_scale;
    nesterov_direction(p.momentum, factor, span_of(p.gradient, p.count), span_of(p.buffer, p.count),
                       span_of(p.direction, p.count), threads_);
  }
  void run(const aiops_newton_schulz& p) override {
    const NewtonSchulz shape{p.rows, p.columns, p.a, p.b, p.c};
    const auto needed = static_cast<std::uint64_t>(shape.scratch());
    if (scratch_.size() < needed) scratch_ = Arena(needed);
    newton_schulz(shape, p.x, p.next, scratch_.data(), threads_);
  }
  void run(const aiops_follow& p) override {
    follow_direction(p.factors->keep, p.factors->rate, span_of(p.direction, p.count),
                     span_of(p.value, p.count), threads_);
  }
  void run(const aiops_normalise& p) override {
    const auto factor = static_cast<float>(1 / (std::sqrt(*p.squares) + p.epsilon));
    for_each_chunk(threads_, p.count, 1 << 15, [&](std::int64_t begin, std::int64_t end) {
      multiply(end - begin, factor, p.values + begin);
    });
  }
  void run(const aiops_gradient_norm& p) override {
    *p.squares = squared_norm(span_of(p.values, p.count), threads_);
  }
  void run(const aiops_clip_scale& p) override {
    *p.norm = static_cast<float>(std::sqrt(*p.squares));
    const bool clips = p.max_norm > 0 && *p.norm > p.max_norm;
    *p.scale = clips ? p.max_norm / *p.norm : 1.0F;
  }
  void run(const aiops_sampling& p) override {
    const Sampling sampling{p.temperature, p.top_k, p.top_p, p.min_p};
    for (std::int64_t row = 0; row < p.rows; ++row) {
      candidates_of(span_of(p.logits + row * p.vocab, p.vocab), sampling, candidates_);
      p.tokens[row] = pick(candidates_, static_cast<double>(p.uniform[row]));
    }
  }
  void run(const aiops_repetition_penalty& p) override {
    // Tokens index the logits, whose number is not said.
    const std::span<const std::int32_t> seen = span_of(p.seen, p.count);
    const std::int32_t end = seen.empty() ? 0 : *std::ranges::max_element(seen) + 1;
    penalise_repetition(seen, p.penalty, span_of(p.logits, end));
  }

 private:
  const std::byte* stage_bytes(std::span<const std::byte> bytes) override { return bytes.data(); }

  ThreadPool& threads_;
  Precision products_;
  Arena scratch_;
  std::vector<double> results_;
  std::vector<Candidate> candidates_;
};

}  // namespace

std::unique_ptr<Backend> cpu_backend(ThreadPool& threads, Precision products) {
  return std::make_unique<CpuBackend>(threads, products);
}

}  // namespace aiops::kernels
