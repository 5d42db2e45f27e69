// SPDX-License-Identifier: Apache-2.0
// Proofs of what GPT-2 and Qwen3 have and Llama has not: layer norm, biases, GELU, the norm of
// heads.
#include "kernels/bias.hpp"
#include "kernels/gelu.hpp"
#include "kernels/head_norm.hpp"
#include "kernels/layer_norm.hpp"
#include "kernels/reference/bias.hpp"
#include "kernels/reference/gelu.hpp"
#include "kernels/reference/head_norm.hpp"
#include "kernels/reference/layer_norm.hpp"
#include "tests/unit/kernels/proof.hpp"

namespace aiops::kernels {
namespace {

using Inputs = std::vector<Numbers>;
using Arrays = std::vector<Floats>;

std::string name(std::int64_t a, std::int64_t b) {
  return std::to_string(a) + " x " + std::to_string(b);
}

struct NormedRows {
  NormedRows(const LayerNorm& shape, const Arrays& in, ThreadPool& threads)
      : y(garbage(in[0].size())),
        mean(garbage(static_cast<std::size_t>(shape.rows))),
        reciprocal(mean) {
    layer_norm_forward(shape, in[0].data(), in[1].data(), in[2].data(), y.data(), tape(), threads);
  }
  LayerNormTape tape() { return {mean.data(), reciprocal.data()}; }
  Floats y, mean, reciprocal;
};

Proof layer_norm_at(const LayerNorm& shape) {
  Proof proof{.shape = name(shape.rows, shape.width),
              .inputs = {some_numbers(shape.rows * shape.width, 1), some_numbers(shape.width, 2),
                         some_numbers(shape.width, 3)}};
  proof.oracle = [=](const Inputs& in) {
    return reference::layer_norm(shape, in[0], in[1], in[2]);
  };
  proof.oracle_gradient = [=](const Inputs& in, const Numbers& dy) {
    return reference::layer_norm_gradient(shape, in[0], in[1], dy);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    return NormedRows(shape, in, threads).y;
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dy, ThreadPool& threads) {
    NormedRows normed(shape, in, threads);
    Floats dx;
    Floats dweight;
    const Floats dbias = added(in[2].size(), [&](float* to_bias) {
      dweight = added(in[1].size(), [&](float* to_weight) {
        dx = added(in[0].size(), [&](float* to_x) {
          layer_norm_backward(shape, in[0].data(), in[1].data(), normed.tape(), dy.data(), to_x,
                              to_weight, to_bias, threads);
        });
      });
    });
    return Arrays{dx, dweight, dbias};
  };
  return proof;
}

Proof gelu_at(std::int64_t count) {
  Proof proof{.shape = std::to_string(count), .inputs = {some_numbers(count, 1, 3)}};
  proof.oracle = [](const Inputs& in) { return reference::gelu(in[0]); };
  proof.oracle_gradient = [](const Inputs& in, const Numbers& dout) {
    return reference::gelu_gradient(in[0], dout);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats out = garbage(in[0].size());
    gelu_forward(count, in[0].data(), out.data(), threads);
    return out;
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dout, ThreadPool& threads) {
    Floats dx = garbage(in[0].size());
    gelu_backward(count, in[0].data(), dout.data(), dx.data(), threads);
    return Arrays{dx};
  };
  return proof;
}

Proof bias_at(const Bias& shape) {
  Proof proof{.shape = name(shape.rows, shape.width),
              .inputs = {some_numbers(shape.width, 1), some_numbers(shape.rows * shape.width, 2)}};
  proof.oracle = [=](const Inputs& in) { return reference::bias(shape, in[0], in[1]); };
  proof.oracle_gradient = [=](const Inputs&, const Numbers& dy) {
    return reference::bias_gradient(shape, dy);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    Floats y = in[1];
    bias_forward(shape, in[0].data(), y.data(), threads);
    return y;
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dy, ThreadPool& threads) {
    return Arrays{
        added(in[0].size(), [&](float* dbias) { bias_backward(shape, dy.data(), dbias, threads); }),
        dy};
  };
  return proof;
}

struct NormedHeads {
  NormedHeads(const HeadNorm& shape, const Arrays& in, ThreadPool& threads)
      : y(in[0]),
        input(garbage(static_cast<std::size_t>(shape.rows * shape.heads * shape.head_dim))),
        reciprocal(garbage(static_cast<std::size_t>(shape.rows * shape.heads))) {
    head_norm_forward(shape, in[1].data(), y.data(), tape(), threads);
  }
  HeadNormTape tape() { return {input.data(), reciprocal.data()}; }
  Floats y, input, reciprocal;
};

Proof head_norm_at(const HeadNorm& shape) {
  Proof proof{
      .shape = name(shape.rows, shape.heads) + " heads of " + std::to_string(shape.head_dim),
      .inputs = {some_numbers(shape.rows * shape.stride, 1), some_numbers(shape.head_dim, 2)}};
  proof.oracle = [=](const Inputs& in) { return reference::head_norm(shape, in[0], in[1]); };
  proof.oracle_gradient = [=](const Inputs& in, const Numbers& dy) {
    return reference::head_norm_gradient(shape, in[0], in[1], dy);
  };
  proof.cpu = [=](const Arrays& in, ThreadPool& threads) {
    return NormedHeads(shape, in, threads).y;
  };
  proof.cpu_gradient = [=](const Arrays& in, const Floats& dy, ThreadPool& threads) {
    NormedHeads normed(shape, in, threads);
    Floats dx;
    const Floats dweight = added(in[1].size(), [&](float* to_weight) {
      dx = dy;
      head_norm_backward(shape, in[1].data(), normed.tape(), dx.data(), to_weight, threads);
    });
    return Arrays{dx, dweight};
  };
  return proof;
}

}  // namespace

std::vector<Proof> prove_layer_norm() {
  return {layer_norm_at({2, 9, 1e-5F}), layer_norm_at({5, 33, 1e-6F}),
          layer_norm_at({131, 200, 1e-5F})};
}

std::vector<Proof> prove_gelu() { return {gelu_at(1), gelu_at(1000), gelu_at(40001)}; }

std::vector<Proof> prove_bias() { return {bias_at({1, 1}), bias_at({7, 33}), bias_at({150, 160})}; }

std::vector<Proof> prove_head_norm() {
  return {head_norm_at({.rows = 1, .heads = 1, .head_dim = 2, .stride = 2}),
          head_norm_at({.rows = 5, .heads = 3, .head_dim = 6, .stride = 25}),
          head_norm_at({.rows = 131, .heads = 2, .head_dim = 40, .stride = 83})};
}

}  // namespace aiops::kernels
