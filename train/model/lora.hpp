// SPDX-License-Identifier: Apache-2.0
// Low-rank adapters (LoRA): a frozen matrix W of a model is used as W + s B A, where A is rank ×
// in, B is out × rank, s is alpha / rank, and only A and B are trained. The product is never
// formed: y += s (x A^T) B^T. The gradient of W is never computed either, nor kept, which is what
// makes this cheap: 4 operations per parameter and token instead of 6, and no moments.
//
// An adapter belongs to one of the model's named matrices, which may be some rows of a larger one
// in memory (queries, keys and values are one): it is found there by its address.
#pragma once

#include "kernels/arena.hpp"
#include "kernels/linear.hpp"
#include "train/model/model.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace aiops::train {

// A parameter that is trained in full beside the adapters, by PEFT's name for it (modules_to_save).
Parameter saved_module(const Parameter& parameter);

class Lora {
 public:
  // Adapters for the matrices of `base` whose names end with a target ("q_proj"). B is 0, and so
  // is A until initialise(). No targets: every matrix inside a layer. Throws Error{usage} naming a
  // target that no matrix has.
  Lora(const LoraOptions& options, std::span<const Parameter> base, ThreadPool& threads);

  const LoraOptions& options() const { return options_; }
  float scale() const { return scale_; }

  // A and B of every adapter in the order of the model, by PEFT's names:
  // "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight".
  std::span<Parameter> parameters() { return parameters_; }
  // A uniform as Kaiming has it for a linear layer (within ±1/sqrt(in)), B 0: the model is at first
  // the base, bit for bit.
  void initialise(std::uint64_t seed);
  void zero_gradients();
  // The most floats that forward() and backward() work in for that many tokens, besides values and
  // gradients.
  std::uint64_t working_floats(std::int64_t tokens) const;

  // What the adapters of `weight` add to y = x weight^T.
  void forward(const kernels::Linear& shape, const float* x, const float* weight, float* y);
  // Adds to the gradients of A and B, and to x_gradient.
  void backward(const kernels::Linear& shape, const float* y_gradient, const float* x,
                const float* weight, float* x_gradient);

  // Adds s B A to the matrices, which are then the adapted ones.
  void merge() const;

 private:
  struct Adapter {
    float* weight;  // of the base
    std::int64_t in, out;
    float *a, *b, *a_gradient, *b_gradient;
  };
  // Those inside a matrix of memory.
  std::span<const Adapter> inside(const kernels::Linear& shape, const float* weight) const;
  // low = s x A^T, tokens × rank.
  void project(const Adapter& adapter, std::int64_t rows, const float* x);
  void reserve(std::int64_t rows, std::int64_t out);

  LoraOptions options_;
  float scale_;
  ThreadPool& threads_;
  kernels::Arena values_, gradients_;
  std::vector<Adapter> adapters_;  // by address
  std::vector<Parameter> parameters_;
  std::vector<float> low_, low_gradient_, slice_;
};

}  // namespace aiops::train
