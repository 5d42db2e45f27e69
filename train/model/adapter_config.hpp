// SPDX-License-Identifier: Apache-2.0
// adapter_config.json, as the peft package writes and reads it.
#pragma once

#include "train/model/model.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiops::train {

// What an adapter_config.json says. Which matrices have adapters only their tensors say for
// certain: `target_modules` may be a regular expression, or narrowed down by layers.
struct AdapterConfig {
  std::int64_t rank = 0;
  double alpha = 0;
  LoraScale scale = LoraScale::by_rank;
  double dropout = 0;
  // The names that target_modules lists; none: it says so in another way.
  std::vector<std::string> targets;
  // Every matrix that a target names has an adapter.
  bool has_all = false;
  // rank_pattern and alpha_pattern in their order, of which the first that fits a name counts.
  std::vector<std::pair<std::string, std::int64_t>> ranks;
  std::vector<std::pair<std::string, double>> alphas;
  std::string base;       // base_model_name_or_path
  bool has_head = false;  // modules_to_save: a classifier's is among the tensors

  // Those of the matrix "model.layers.0.mlp.up_proj".
  LoraOptions::Size size_of(std::string_view matrix) const;
  bool targets_matrix(std::string_view matrix) const;
};

// Throws Error{failed} naming the member that is wrong or asks for what is not supported: another
// method than LoRA, DoRA, biases, saved modules but the head of a classifier, weights that a method
// of initialisation changes.
AdapterConfig parse_adapter_config(std::string_view text, std::string_view what);

// The file for adapters of these options in this model, over a base of that name.
std::string adapter_config(const LoraOptions& options, const ModelConfig& model,
                           const std::string& base);

}  // namespace aiops::train
