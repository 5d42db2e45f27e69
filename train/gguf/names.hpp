// SPDX-License-Identifier: Apache-2.0
// What GGUF calls our families and tensors, and where it stores rows in another order.
#pragma once

#include "train/model/config.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace aiops::train {

// general.architecture of a family, and the family of an architecture. Mistral is stored as llama,
// which it computes like.
std::string_view gguf_architecture(Family family);
std::optional<Family> family_of_gguf(std::string_view architecture);

// "blk.3.attn_q.weight" for "model.layers.3.self_attn.q_proj.weight"; empty when GGUF has no name
// for it.
std::string gguf_tensor_name(std::string_view parameter);

// The heads whose rows GGUF stores interleaved, element i of a head's first half beside element i
// of its second; 0 when the parameter is stored as it is. So are q and k of architecture llama,
// whose rotary positions turn neighbours where Hugging Face turns halves.
std::int64_t interleaved_heads(const ModelConfig& config, std::string_view parameter);

// From our order of rows to GGUF's and back. `values` are heads × head_dim rows of any width;
// `result` is as large and may not overlap them.
struct HeadRows {
  std::int64_t heads, head_dim;
};
void interleave_heads(HeadRows rows, std::span<const float> values, std::span<float> result);
void separate_heads(HeadRows rows, std::span<const float> values, std::span<float> result);

}  // namespace aiops::train
