// SPDX-License-Identifier: Apache-2.0
// Proofs of the operators that work row by row.
#include "kernels/dropout.hpp"
#include "kernels/embedding.hpp"
#include "kernels/linear.hpp"
#include "kernels/reference/dropout.hpp"
#include "kernels/reference/embedding.hpp"
#include "kernels/reference/linear.hpp"
#include "kernels/reference/residual.hpp"
#include "kernels/reference/rms_norm.hpp"
#include "kernels/reference/scaled_rows.hpp"
#include "kernels/reference/swiglu.hpp"
#include "kernels/residual.hpp"
#include "kernels/rms_norm.hpp"
#include "kernels/scaled_rows.hpp"
#include "kernels/swiglu.hpp"
#include "tests/unit/kernels/proof.hpp"

#include <utility>

namespace aiops::kernels {
namespace {

using Inputs = std::vector<Numbers>;
using Arrays = std::vector<Floats>;

std::string name(std::int64_t a, std::int64_t b) {
  return std::to_string(a) + " x " + std::to_string(b);
}

Proof dropout_at(const Dropout& shape) {
  Proof proof{.shape = std::to_string(shape.count) + " from " + std::to_string(shape.first),
              .inputs = {some_numbers(shape.count, 1)}};
  proof.oracle = [=](const Inputs& in) { return reference::dropout(shape, in[0]); };
  proof.oracle_gradient = [=](const Inputs&, const Numbers& dy) {
    return reference::dropout_gradient(shape, dy);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats y = garbage(in[0].size());
    dropout_forward(shape, in[0].data(), y.data(), threads);
    return y;
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dy, ThreadPool& threads) {
    return Arrays{
        added(in[0].size(), [&](float* dx) { dropout_backward(shape, dy.data(), dx, threads); })};
  };
  return proof;
}

Proof embedding_at(std::int64_t count, std::int64_t vocab, std::int64_t width) {
  const auto tokens = some_tokens(count, vocab);
  Proof proof{.shape = name(vocab, width), .inputs = {some_numbers(vocab * width, 1)}};
  proof.oracle = [=](const Inputs& in) { return reference::embedding(tokens, width, in[0]); };
  proof.oracle_gradient = [=](const Inputs& in, const Numbers& dout) {
    return reference::embedding_gradient(tokens, width, in[0], dout);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats out = garbage(tokens.size() * static_cast<std::size_t>(width));
    embedding_forward(tokens, width, in[0].data(), out.data(), threads);
    return out;
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dout, ThreadPool& threads) {
    return Arrays{added(in[0].size(), [&](float* dtable) {
      embedding_backward(tokens, width, dout.data(), dtable, threads);
    })};
  };
  return proof;
}

Proof linear_at(const Linear& shape) {
  Proof proof{
      .shape = name(shape.rows, shape.in) + " x " + std::to_string(shape.out),
      .inputs = {some_numbers(shape.rows * shape.in, 1), some_numbers(shape.out * shape.in, 2)}};
  proof.oracle = [=](const Inputs& in) { return reference::linear(shape, in[0], in[1]); };
  proof.oracle_gradient = [=](const Inputs& in, const Numbers& dy) {
    return reference::linear_gradient(shape, in[0], in[1], dy);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats y = garbage(static_cast<std::size_t>(shape.rows * shape.out));
    linear_forward(shape, in[0].data(), in[1].data(), nullptr, y.data(), threads);
    return y;
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dy, ThreadPool& threads) {
    Floats dx = garbage(in[0].size());
    linear_backward_input(shape, Accumulate::no, dy.data(), in[1].data(), dx.data(), threads);
    return Arrays{dx, added(in[1].size(), [&](float* dweight) {
                    linear_backward_weight(shape, Accumulate::yes, dy.data(), in[0].data(), dweight,
                                           threads);
                  })};
  };
  return proof;
}

Proof residual_at(std::int64_t count) {
  Proof proof{.shape = std::to_string(count),
              .inputs = {some_numbers(count, 1), some_numbers(count, 2)}};
  proof.oracle = [](const Inputs& in) { return reference::residual(in[0], in[1]); };
  proof.oracle_gradient = [](const Inputs&, const Numbers& dsum) {
    return reference::residual_gradient(dsum);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats stream = in[1];
    residual_add(count, in[0].data(), stream.data(), threads);
    return stream;
  };
  proof.cpu_gradient = [=](const Arrays&, const Floats& dsum, ThreadPool& threads) {
    Floats dstream(dsum.size());
    residual_add(count, dsum.data(), dstream.data(), threads);
    return Arrays{dsum, dstream};
  };
  return proof;
}

Proof rms_norm_at(const RmsNorm& shape) {
  Proof proof{.shape = name(shape.rows, shape.width),
              .inputs = {some_numbers(shape.rows * shape.width, 1), some_numbers(shape.width, 2)}};
  proof.oracle = [=](const Inputs& in) { return reference::rms_norm(shape, in[0], in[1]); };
  proof.oracle_gradient = [=](const Inputs& in, const Numbers& dy) {
    return reference::rms_norm_gradient(shape, in[0], in[1], dy);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats y = garbage(in[0].size());
    Floats reciprocal = garbage(static_cast<std::size_t>(shape.rows));
    rms_norm_forward(shape, in[0].data(), in[1].data(), y.data(), reciprocal.data(), threads);
    return y;
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dy, ThreadPool& threads) {
    Floats y = garbage(in[0].size());
    Floats reciprocal = garbage(static_cast<std::size_t>(shape.rows));
    rms_norm_forward(shape, in[0].data(), in[1].data(), y.data(), reciprocal.data(), threads);
    Floats dx;
    const Floats dweight = added(in[1].size(), [&](float* to_weight) {
      dx = added(in[0].size(), [&](float* to_x) {
        rms_norm_backward(shape, in[0].data(), in[1].data(), reciprocal.data(), dy.data(), to_x,
                          to_weight, threads);
      });
    });
    return Arrays{dx, dweight};
  };
  return proof;
}

Proof scaled_rows_at(const ScaledRows& shape) {
  const Numbers before = some_numbers(shape.rows * shape.to_stride, 2);
  Proof proof{.shape = name(shape.rows, shape.width),
              .inputs = {some_numbers(shape.rows * shape.from_stride, 1)}};
  proof.oracle = [=](const Inputs& in) { return reference::scaled_rows(shape, in[0], before); };
  proof.oracle_gradient = [=](const Inputs& in, const Numbers& dto) {
    return reference::scaled_rows_gradient(shape, in[0].size(), dto);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats to(before.begin(), before.end());
    scaled_rows(shape, in[0].data(), to.data(), threads);
    return to;
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dto, ThreadPool& threads) {
    ScaledRows back = shape;
    std::swap(back.from_stride, back.to_stride);
    back.accumulate = Accumulate::yes;
    return Arrays{
        added(in[0].size(), [&](float* dfrom) { scaled_rows(back, dto.data(), dfrom, threads); })};
  };
  return proof;
}

Proof scaled_rows_in_place(ScaledRows shape) {
  Proof proof{.shape = name(shape.rows, shape.width) + " in place",
              .inputs = {some_numbers(shape.rows * shape.to_stride, 1)}};
  proof.oracle = [=](const Inputs& in) { return reference::scaled_rows(shape, in[0], in[0]); };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats to = in[0];
    scaled_rows(shape, to.data(), to.data(), threads);
    return to;
  };
  return proof;
}

Proof swiglu_at(const Swiglu& shape) {
  Proof proof{.shape = name(shape.rows, shape.width),
              .inputs = {some_numbers(shape.rows * 2 * shape.width, 1, 3)}};
  proof.oracle = [=](const Inputs& in) { return reference::swiglu(shape, in[0]); };
  proof.oracle_gradient = [=](const Inputs& in, const Numbers& dout) {
    return reference::swiglu_gradient(shape, in[0], dout);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats out = garbage(in[0].size() / 2);
    swiglu_forward(shape, in[0].data(), out.data(), threads);
    return out;
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dout, ThreadPool& threads) {
    Floats dx = garbage(in[0].size());
    swiglu_backward(shape, in[0].data(), dout.data(), dx.data(), threads);
    return Arrays{dx};
  };
  return proof;
}

}  // namespace

std::vector<Proof> prove_dropout() {
  constexpr std::uint64_t kFar = (std::uint64_t{1} << 40) + 500;
  return {dropout_at({.count = 1, .rate = 0.5, .seed = 3, .stream = 4}),
          dropout_at({.count = 100, .rate = 0.1, .seed = 3, .stream = 4, .first = 511}),
          dropout_at({.count = 40001, .rate = 0.05, .seed = ~0U, .stream = kFar, .first = kFar}),
          dropout_at({.count = 1030, .rate = 0, .first = 7})};
}

std::vector<Proof> prove_embedding() {
  return {embedding_at(1, 1, 1), embedding_at(50, 7, 33), embedding_at(64, 100, 160)};
}

std::vector<Proof> prove_linear() {
  return {linear_at({1, 1, 1}), linear_at({3, 70, 90}), linear_at({37, 65, 131}),
          linear_at({130, 64, 48})};
}

std::vector<Proof> prove_residual() {
  return {residual_at(1), residual_at(1000), residual_at(70001)};
}

std::vector<Proof> prove_rms_norm() {
  return {rms_norm_at({1, 1, 1e-5F}), rms_norm_at({5, 33, 1e-6F}), rms_norm_at({131, 200, 1e-5F})};
}

std::vector<Proof> prove_scaled_rows() {
  return {scaled_rows_at({1, 1, 1, 1}), scaled_rows_at({3, 33, 99, 40, 2}),
          scaled_rows_at({300, 200, 201, 600, -0.5F, Accumulate::yes}),
          scaled_rows_in_place({7, 33, 40, 40, 3}),
          scaled_rows_in_place({7, 33, 40, 40, 3, Accumulate::yes})};
}

std::vector<Proof> prove_swiglu() {
  return {swiglu_at({1, 1}), swiglu_at({7, 33}), swiglu_at({150, 160})};
}

}  // namespace aiops::kernels
