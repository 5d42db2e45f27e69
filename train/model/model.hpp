// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.hpp"
#include "kernels/arena.hpp"
#include "kernels/gemm.hpp"
#include "train/model/config.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace aiops::kernels {
class Backend;
namespace device {
class Device;
}
}  // namespace aiops::kernels

namespace aiops::train {

using kernels::Precision;

// What is kept of the forward pass: with `layers` only the input of each layer, and the backward
// pass runs the layer again. The same bits for about a third more work.
enum class Recompute { none, layers };

// How much adapters count: alpha / rank, or alpha / √rank (Kalajdzievski, "A rank stabilization
// scaling factor for fine-tuning with LoRA", 2023).
enum class LoraScale { by_rank, by_root };

// Adapters beside the matrices, which alone are trained (train/model/lora.hpp).
struct LoraOptions {
  struct Size {
    std::int64_t rank = 0;
    double alpha = 0;
    bool operator==(const Size&) const = default;
  };

  std::int64_t rank = 0;  // 0: none
  double alpha = 0;
  LoraScale scale = LoraScale::by_rank;
  double dropout = 0;                // of what goes into the adapters, while they are trained
  std::vector<std::string> targets;  // matrices' names or their ends, "q_proj"; none: all
  std::map<std::string, Size> others = {};  // matrices of another rank or alpha, by their names

  Size size_of(const std::string& matrix) const {
    const auto found = others.find(matrix);
    return found == others.end() ? Size{rank, alpha} : found->second;
  }
};

// Whether a model's parameters change. Where they do not, there are no gradients of them.
enum class Purpose { training, answering };

struct ModelOptions {
  Precision precision = Precision::fp32;  // of the matrix products; everything else is fp32
  Recompute recompute = Recompute::none;
  LoraOptions lora = {};  // with a rank: the parameters are frozen, and have no gradients
  std::shared_ptr<const kernels::device::Device> device = nullptr;  // that computes; null: the CPU
  Purpose purpose = Purpose::training;

  bool is_frozen() const { return lora.rank > 0 || purpose == Purpose::answering; }
};

// How Hugging Face's files of a family hold a matrix: as it lies in memory, out × in, or with rows
// and columns exchanged.
enum class FileOrder { same, transposed };

// One parameter tensor; the memory belongs to the Model. On a device the host has the value in a
// memory of its own, and only operators reach the gradient.
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
  float* there = nullptr;  // where operators have the value; null: where the host has it

  float* for_operators() const { return there == nullptr ? value.data() : there; }
};

// Which random numbers dropout takes: those of the rows' numbers in the run, however the rows of a
// step are parted into batches and ranks.
struct Draws {
  std::uint64_t seed = 0;
  std::uint64_t first_row = 0;
};

// Some token rows of equal length, each one text or several packed one behind the other. A document
// starts where its position is 0; attention never looks before it. Padding is a document whose
// targets are all -1. A target is the token that follows, the label of a classification, or, of a
// regression, a row of `values`; the last two stand at the last token of a document.
struct Batch {
  std::int64_t rows = 0;
  std::int64_t length = 0;
  std::span<const std::int32_t> tokens;   // rows × length
  std::span<const std::int32_t> targets;  // rows × length; -1: not counted
  // rows × length, each token's position in its document: 0, or one more than that of the token
  // before it (a row may begin in the middle of a document). Empty: 0, 1, 2 … in each row.
  std::span<const std::int32_t> positions = {};
  Draws draws = {};
  std::span<const float> values = {};  // of a regression: a number for each output a row
};

class Lora;

// A decoder whose parameters, gradients and activations live in arenas sized once. Not for several
// threads at once.
class Model {
 public:
  // The gradients lie where `make_gradients` says.
  Model(const ModelConfig& config, ThreadPool& threads, ModelOptions options = {},
        const kernels::MakeArena& make_gradients = kernels::own_arena);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const ModelConfig& config() const;
  const ModelOptions& options() const;
  // N(0, initializer_range), smaller where the family has it so; norms 1, biases 0. From a
  // counter-based generator keyed by (seed, tensor): the same bits everywhere.
  void initialise(std::uint64_t seed);
  void initialise_head(std::uint64_t seed);  // the head alone, where it is a tensor of its own
  // Their values are current for the host when this returns, and what it writes is current for the
  // next pass; an update by an optimiser in between wins.
  std::span<Parameter> parameters();
  // Those that an optimiser is to change: all, or the adapters' and the head of a classifier.
  std::span<Parameter> trainable();
  // Their gradients, where operators have them; the same spans as long as the model.
  std::vector<std::span<float>> gradients() const;
  // The memory that holds them and nothing else, in as few parts as there are.
  std::vector<std::span<float>> gradient_memory() const;
  // The adapters; none without ModelOptions::lora.
  Lora* lora();
  // Adds what the adapters say to the parameters.
  void merge_adapters();
  // Where the passes are computed.
  kernels::Backend& backend();

  // The gradients begin anew: until the next forward_backward() they are not to be read.
  void zero_gradients();
  // Adds the gradient of (sum of token losses) * scale to the gradients; returns the sum of the
  // token losses. A document packed with others has the losses that it has alone: no bit depends on
  // its neighbours.
  double forward_backward(const Batch& batch, float scale);
  // The sum of the token losses; no gradients. `each`, unless empty, gets the rows × length losses,
  // 0 where the target is not counted.
  double loss(const Batch& batch, std::span<float> each = {});
  // The same sum; `outputs` gets those of the head at every counted target, one row after another.
  double predict(const Batch& batch, std::vector<float>& outputs);

  // Generation, one sequence: appends tokens to the key/value cache and returns the head's outputs
  // after the last one (valid until the next call). Throws Error{failed} past
  // max_position_embeddings.
  void reset_cache();
  std::span<const float> forward_cached(std::span<const std::int32_t> tokens);
  std::int64_t cached() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aiops::train
