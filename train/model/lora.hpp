// SPDX-License-Identifier: Apache-2.0
// Low-rank adapters (LoRA): a frozen matrix W of a model is used as W + s B A, where A is rank ×
// in, B is out × rank, s is alpha / rank, and only A and B are trained. The product is never
// formed: y += s (x A^T) B^T. The gradient of W is never computed either, nor kept, which is what
// makes this cheap: 4 operations per parameter and token instead of 6, and no moments. While it is
// trained, some of x may be dropped on its way to A, for each adapter others.
//
// An adapter belongs to one of the model's named matrices, which may be some rows of a larger one
// in memory (queries, keys and values are one): it is found there by its address.
#pragma once

#include "kernels/arena.hpp"
#include "kernels/dropout.hpp"
#include "kernels/linear.hpp"
#include "train/model/model.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// Whether a target names this matrix: "model.layers.0.mlp.up_proj", or its end, "up_proj".
bool is_named(std::string_view matrix, std::string_view target);

// A parameter that is trained in full beside the adapters, by PEFT's name for it (modules_to_save).
Parameter saved_module(const Parameter& parameter);

class Lora {
 public:
  // Adapters for the matrices of `base` that a target names, by their end ("q_proj") or wholly. B
  // is 0, and so is A until initialise(). No targets: every matrix inside a layer. Throws
  // Error{usage} naming a target that no matrix has.
  Lora(const LoraOptions& options, std::span<const Parameter> base, ThreadPool& threads,
       const kernels::MakeArena& make_gradients = kernels::own_arena);

  const LoraOptions& options() const { return options_; }

  // A and B of every adapter in the order of the model, by PEFT's names:
  // "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight".
  std::span<Parameter> parameters() { return parameters_; }
  // A uniform as Kaiming has it for a linear layer (within ±1/sqrt(in)), B 0: the model is at first
  // the base, bit for bit.
  void initialise(std::uint64_t seed);
  void zero_gradients();
  // The floats that forward() and backward() work in for that many tokens, besides values and
  // gradients.
  std::uint64_t working_floats(std::int64_t tokens) const;

  // What a training pass drops by, when options().dropout says that it drops.
  struct Dropping {
    std::uint64_t seed = 0;
    std::uint64_t first_token = 0;  // the number of the first one in the run
  };

  // What the adapters of `weight` add to y = x weight^T.
  void forward(const kernels::Linear& shape, const float* x, const float* weight, float* y,
               const std::optional<Dropping>& dropping);
  // Adds to the gradients of A and B, and to x_gradient.
  void backward(const kernels::Linear& shape, const float* y_gradient, const float* x,
                const float* weight, float* x_gradient, const std::optional<Dropping>& dropping);

  // Adds s B A to the matrices, which are then the adapted ones.
  void merge() const;
  // B = 0: the adapters say nothing any more.
  void silence();

 private:
  struct Adapter {
    float* weight;  // of the base
    std::int64_t in, out, rank;
    float scale;
    std::uint64_t stream;  // of what it drops
    float *a = nullptr, *b = nullptr, *a_gradient = nullptr, *b_gradient = nullptr;
  };
  // Those inside a matrix of memory.
  std::span<const Adapter> inside(const kernels::Linear& shape, const float* weight) const;
  // x, or what is left of it, in `kept`.
  const float* drop(const Adapter& adapter, std::int64_t rows, const float* x,
                    const std::optional<Dropping>& dropping);
  kernels::Dropout dropout(const Adapter& adapter, std::int64_t rows,
                           const Dropping& dropping) const;
  // low = s x A^T, tokens × rank.
  void project(const Adapter& adapter, std::int64_t rows, const float* x);
  void reserve(std::int64_t tokens);

  // Room to work in, for the tokens of a batch: tokens × the highest rank, the widest output, and
  // the widest input where something is dropped.
  struct Room {
    float *low = nullptr, *low_gradient = nullptr, *slice = nullptr, *kept = nullptr;
  };
  Room lay_out_room(std::int64_t tokens, kernels::Layout& layout) const;

  LoraOptions options_;
  ThreadPool& threads_;
  kernels::Arena values_, gradients_, working_;
  std::vector<Adapter> adapters_;  // by address
  std::vector<Parameter> parameters_;
  std::int64_t tokens_ = 0;  // that there is room for
  Room room_;
};

}  // namespace aiops::train
