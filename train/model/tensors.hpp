// SPDX-License-Identifier: Apache-2.0
// Where a model's tensors lie. What is multiplied together lies together: q, k and v of a layer are
// one matrix of rows, and so are gate and up, so each is one product.
#pragma once

#include "kernels/arena.hpp"
#include "kernels/elements.hpp"
#include "train/model/model.hpp"

#include <vector>

namespace aiops::train {

using kernels::Elements;

// The sizes that follow from a configuration.
struct Widths {
  explicit Widths(const ModelConfig& config);
  std::int64_t hidden, mlp, vocab, head;
  std::int64_t outputs;  // of the head: vocab, or one for each label
  std::int64_t query;    // heads · head_dim
  std::int64_t key;      // key/value heads · head_dim
  std::int64_t qkv;      // query + 2 key
  std::int64_t up;       // what the first product of the mlp makes: mlp, or gate and up
};

// A matrix or the weight of a norm, and its bias; null where the model has none.
struct Affine {
  float* weight = nullptr;
  float* bias = nullptr;
};

// The parameters, or their gradients: both lie the same way in an arena of their own. Frozen
// parameters have no gradients: all pointers are null.
struct Tensors {
  struct Layer {
    Affine attention_norm, qkv, query_norm, key_norm, attention_out;
    Affine mlp_norm, up, down;
  };
  float* embedding = nullptr;
  float* positions = nullptr;  // where they are learned
  std::vector<Layer> layers;
  Affine norm;
  float* head = nullptr;  // the embedding, when tied
};

Tensors lay_out_tensors(const ModelConfig& config, kernels::Layout& layout);

// What files call the head, where it is a tensor of its own.
std::string_view head_name(const ModelConfig& config);

// The parameters by Hugging Face's names, in the order of the layers.
std::vector<Parameter> name_parameters(const ModelConfig& config, const Tensors& values,
                                       const Tensors& gradients);

// What the backward pass needs of a norm, besides its input; `mean` for layer norms only.
struct NormTape {
  float *mean = nullptr, *reciprocal = nullptr;
};

// What the forward pass keeps of one layer for the backward pass. Rows are tokens.
struct LayerActivations {
  Elements input;  // the residual stream
  Elements attention_normed;
  NormTape attention_norm;
  Elements qkv, attention;
  float* logsumexp = nullptr;
  // Before their norms, where heads are normed: queries, keys and a number for each head.
  Elements queries, keys;
  float *query_reciprocal = nullptr, *key_reciprocal = nullptr;
  Elements middle;  // the stream after attention
  Elements mlp_normed;
  NormTape mlp_norm;
  Elements up, activated;
};

enum class Keep {
  all,      // every layer has activations of its own: a backward pass follows
  inputs,   // only its input: the backward pass makes the rest again
  nothing,  // all layers use the same
};

struct Plan {
  std::int64_t rows = 0, length = 0;
  Keep keep = Keep::nothing;
  std::int64_t bytes_each = sizeof(float);  // of activations

  std::vector<LayerActivations> layers;
  Elements output, normed;  // the stream after the last layer, and its norm
  NormTape norm;
  Elements logits;
  float* losses;
  std::int64_t logit_rows = 0;  // logits exist for that many tokens at a time
  // Gradients, used by one layer after the other; not with Keep::nothing.
  Elements stream_gradient, branch_gradient, wide_gradient, narrow_gradient;
};

// Fills in the pointers for plan.rows × plan.length tokens.
void lay_out_plan(const ModelConfig& config, kernels::Layout& layout, Plan& plan);

}  // namespace aiops::train
