// SPDX-License-Identifier: Apache-2.0
// A family is a description: which kinds of parts a layer is made of, which tensors it has in which
// order, what they and the keys of config.json are called. The passes of the model, the reading and
// writing of files and the counting of parameters all read it; none knows a family by name.
#pragma once

#include "train/model/config.hpp"
#include "train/model/tensors.hpp"

#include <span>
#include <string_view>

namespace aiops::train {

enum class NormKind { rms, layer };           // layer: with a mean and a bias
enum class PositionKind { rotary, learned };  // learned: a table added to the embedding
enum class MlpKind { swiglu, gelu };

// How the files of a family store a matrix: out × in as Linear does, or in × out as Conv1D.
enum class MatrixOrder { out_in, in_out };

// Whether a tensor comes with a bias.
enum class BiasRule {
  never,
  always,
  attention_bias,  // as the key of config.json says
  mlp_bias,
};

// A size that a tensor's shape is made of; `one` as the columns of a vector.
enum class Extent { one, hidden, query, key, qkv, mlp, head };

// One tensor of a layer, as files name it: the whole of a place in memory, or the next part of it.
struct LayerTensor {
  Affine Tensors::Layer::*place;
  std::string_view name;  // without ".weight" or ".bias"
  Extent rows, columns;
  BiasRule bias = BiasRule::never;
};

// What config.json calls things; an empty name: it says nothing about it.
struct ConfigNames {
  std::string_view hidden_size, intermediate_size, num_hidden_layers, num_attention_heads;
  std::string_view num_key_value_heads, head_dim, max_position_embeddings, norm_eps, activation;
};

struct FamilyDescription {
  Family family;
  std::string_view model_type, architecture;
  std::string_view classifier;  // the architecture with a head for labels
  NormKind norm;
  PositionKind positions;
  MlpKind mlp;
  MatrixOrder order;
  std::string_view prefix;  // of all tensors but the head
  std::string_view embedding, position_embedding, layers, norm_name;
  std::span<const LayerTensor> tensors;  // of a layer, parts of one place together
  const ConfigNames& keys;
  std::string_view activation;  // the value of its key
  bool tied;                    // when config.json does not say
  double usual_eps;
  std::int64_t usual_head_dim;  // 0: hidden_size / num_attention_heads
  // Matrices whose name ends so add to the residual stream and begin smaller, by
  // 1 / sqrt(2 · layers); empty: none do (Radford et al., "Language models are unsupervised
  // multitask learners", 2019, section 2.3).
  std::string_view scaled_matrix;
};

const FamilyDescription& describe(Family family);
// The name in transformers of the model with such a head.
std::string_view architecture_of(const FamilyDescription& family, HeadKind head);
std::span<const FamilyDescription> families();

// Throws Error{usage} naming `what` and the families there are.
Family parse_family(std::string_view model_type, std::string_view what);

bool has_bias(const ModelConfig& config, BiasRule rule);
std::int64_t size_of(const Widths& width, Extent extent);

// The sizes of one tensor of a layer.
struct TensorSizes {
  std::int64_t rows, columns;
  std::int64_t weight() const { return rows * columns; }
};
TensorSizes sizes_of(const Widths& width, const LayerTensor& tensor);

}  // namespace aiops::train
