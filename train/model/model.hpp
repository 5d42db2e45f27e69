// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.hpp"
#include "kernels/gemm.hpp"
#include "train/model/config.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace aiops::train {

using kernels::Precision;

// What is kept of the forward pass: with `layers` only the input of each layer, and the backward
// pass runs the layer again. The same bits for about a third more work.
enum class Recompute { none, layers };

// Adapters beside the matrices, which alone are trained (train/model/lora.hpp).
struct LoraOptions {
  std::int64_t rank = 0;             // 0: none
  double alpha = 0;                  // the adapters' share is alpha / rank
  std::vector<std::string> targets;  // the ends of the matrices' names, "q_proj"; none: all
};

struct ModelOptions {
  Precision precision = Precision::fp32;  // of the matrix products; everything else is fp32
  Recompute recompute = Recompute::none;
  LoraOptions lora = {};  // with a rank: the parameters are frozen, and have no gradients
};

// How Hugging Face's files of a family hold a matrix: as it lies in memory, out × in, or with rows
// and columns exchanged.
enum class FileOrder { same, transposed };

// One parameter tensor; the memory belongs to the Model.
struct Parameter {
  enum class Role {
    embedding,  // a table that tokens or positions look up; the tied head too
    head,       // an output layer of its own
    matrix,     // a weight inside a layer
    vector,     // a norm's weight, a bias
  };
  std::string name;  // Hugging Face's: "model.layers.0.self_attn.q_proj.weight"
  std::vector<std::uint64_t> shape;
  std::span<float> value;
  std::span<float> gradient;
  bool decay = false;  // weight decay applies (tensors of two dimensions)
  Role role = Role::matrix;
  FileOrder order = FileOrder::same;
};

// Some token rows of equal length, each one text or several packed one behind the other. A document
// starts where its position is 0; attention never looks before it. Padding is a document whose
// targets are all -1.
struct Batch {
  std::int64_t rows = 0;
  std::int64_t length = 0;
  std::span<const std::int32_t> tokens;   // rows × length
  std::span<const std::int32_t> targets;  // rows × length; -1: not counted
  // rows × length, each token's position in its document: 0, or one more than that of the token
  // before it (a row may begin in the middle of a document). Empty: 0, 1, 2 … in each row.
  std::span<const std::int32_t> positions = {};
};

class Lora;

// A decoder whose parameters, gradients and activations live in arenas sized once. Not for several
// threads at once.
class Model {
 public:
  Model(const ModelConfig& config, ThreadPool& threads, ModelOptions options = {});
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const ModelConfig& config() const;
  const ModelOptions& options() const;
  // N(0, initializer_range), smaller where the family has it so; norms 1, biases 0. From a
  // counter-based generator keyed by (seed, tensor): the same bits everywhere.
  void initialise(std::uint64_t seed);
  std::span<Parameter> parameters();
  // Those that an optimiser is to change: all, or the adapters'.
  std::span<Parameter> trainable();
  // The adapters; none without ModelOptions::lora.
  Lora* lora();

  // The gradients begin anew: until the next forward_backward() they are not to be read.
  void zero_gradients();
  // Adds the gradient of (sum of token losses) * scale to the gradients; returns the sum of the
  // token losses. A document packed with others has the losses that it has alone: no bit depends on
  // its neighbours.
  double forward_backward(const Batch& batch, float scale);
  // The sum of the token losses; no gradients. `each`, unless empty, gets the rows × length losses,
  // 0 where the target is not counted.
  double loss(const Batch& batch, std::span<float> each = {});

  // Generation, one sequence: appends tokens to the key/value cache and returns the logits after
  // the last one (vocab_size floats, valid until the next call). Throws Error{failed} past
  // max_position_embeddings.
  void reset_cache();
  std::span<const float> forward_cached(std::span<const std::int32_t> tokens);
  std::int64_t cached() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aiops::train
