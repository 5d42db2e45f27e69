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

#include "kernels/backend.hpp"
#include "kernels/twin.hpp"
#include "train/model/linear.hpp"
#include "train/model/model.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

using kernels::Elements;

// Whether a target names this matrix: "model.layers.0.mlp.up_proj", or its end, "up_proj".
bool is_named(std::string_view matrix, std::string_view target);

// A parameter that is trained in full beside the adapters, by PEFT's name for it (modules_to_save).
Parameter saved_module(const Parameter& parameter);

class Lora {
 public:
  // Adapters for the matrices of `base` that a target names, by their end ("q_proj") or wholly. B
  // is 0, and so is A until initialise(). No targets: every matrix inside a layer. Throws
  // Error{usage} naming a target that no matrix has.
  Lora(const LoraOptions& options, std::span<const Parameter> base, kernels::Backend& backend,
       ThreadPool& threads, const kernels::MakeArena& make_gradients = kernels::own_arena);

  const LoraOptions& options() const { return options_; }

  // A and B of every adapter in the order of the model, by PEFT's names:
  // "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight".
  std::span<Parameter> parameters() { return parameters_; }  // see Model::parameters()
  // A uniform as Kaiming has it for a linear layer (within ±1/sqrt(in)), B 0: the model is at first
  // the base, bit for bit.
  void initialise(std::uint64_t seed);
  void zero_gradients();
  std::span<float> gradient_memory() const { return gradients_.span(); }
  // As Model::parameters() and the passes after it.
  void give_to_host() { values_.for_host(); }
  void use_parameters() { values_.for_operators(); }
  // The floats that forward() and backward() work in for that many tokens, besides values and
  // gradients.
  std::uint64_t working_floats(std::int64_t tokens) const;

  // What a training pass drops by, when options().dropout says that it drops.
  struct Dropping {
    std::uint64_t seed = 0;
    const std::uint64_t* first_row = nullptr;  // the number of the first row in the run, staged
    std::int64_t length = 0;                   // of rows
  };

  // Of the layer that the adapters stand beside.
  struct Shape {
    std::int64_t rows = 0, in = 0, out = 0;
  };
  // What the adapters of `weight` add to y = x weight^T.
  void forward(const Shape& shape, Elements x, const float* weight, Elements y,
               const std::optional<Dropping>& dropping);
  // Adds to the gradients of A and B, and to x_gradient.
  void backward(const Shape& shape, Elements y_gradient, Elements x, const float* weight,
                Elements x_gradient, const std::optional<Dropping>& dropping);

  // Adds s B A to the matrices, which are then the adapted ones: on the host, which must be given
  // them before.
  void merge();
  // B = 0: the adapters say nothing any more.
  void silence();

 private:
  struct Adapter {
    float* weight;  // of the base, where operators have it
    float* on_host;
    std::int64_t in, out, rank;
    float scale;
    std::uint64_t stream;  // of what it drops
    std::span<float> a_on_host = {}, b_on_host = {};
    float *a = nullptr, *b = nullptr, *a_gradient = nullptr, *b_gradient = nullptr;
  };
  // Those inside a matrix of memory.
  std::span<const Adapter> inside(const Shape& shape, const float* weight) const;
  aiops_dropout_elements elements_of(const Adapter& adapter, std::int64_t rows,
                                     const Dropping& dropping) const;
  // x, or what is left of it, in `kept`.
  Elements drop(const Adapter& adapter, std::int64_t rows, Elements x,
                const std::optional<Dropping>& dropping);
  void drop_backward(const Adapter& adapter, std::int64_t rows, Elements x_gradient,
                     const Dropping& dropping);
  // low = s x A^T, tokens × rank.
  void project(const Adapter& adapter, std::int64_t rows, Elements x);
  void backward(const Adapter& adapter, std::int64_t rows, Elements x, Elements x_gradient,
                const std::optional<Dropping>& dropping);
  // to = factor · from, or added to it; rows of their own strides.
  void move_rows(std::int64_t rows, std::int64_t width, float factor, Elements from,
                 std::int64_t from_stride, Elements to, std::int64_t to_stride,
                 aiops_accumulate accumulate);
  LinearLayer layer(std::int64_t rows, std::int64_t in, std::int64_t out) const {
    return {backend_, backend_.elements(), rows, in, out};
  }
  void reserve(std::int64_t tokens);
  void place_tensors();

  // Room to work in, for the tokens of a batch: tokens × the highest rank, the widest output, and
  // the widest input where something is dropped.
  struct Room {
    Elements low, low_gradient, slice, kept;
  };
  Room lay_out_room(std::int64_t tokens, kernels::Layout& layout) const;

  LoraOptions options_;
  kernels::Backend& backend_;
  ThreadPool& threads_;
  kernels::Twin values_;
  kernels::Arena gradients_, working_;
  std::vector<Adapter> adapters_;  // by address
  std::vector<Parameter> parameters_;
  std::int64_t tokens_ = 0;  // that there is room for
  Room room_;
};

}  // namespace aiops::train
