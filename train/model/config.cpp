// SPDX-License-Identifier: Apache-2.0
#include "train/model/config.hpp"

#include "base/error.hpp"
#include "train/model/family.hpp"

#include <algorithm>
#include <string>

namespace aiops::train {
namespace {

void require(bool holds, const char* field, const char* condition) {
  if (!holds) throw Error(ExitCode::usage, std::string(field) + " must be " + condition);
}

void check_scaling(const RopeScaling& scaling) {
  require(scaling.factor >= 1, "the factor of rope_scaling", "at least 1");
  require(scaling.high_freq_factor > scaling.low_freq_factor && scaling.low_freq_factor > 0,
          "high_freq_factor", "above low_freq_factor");
  require(scaling.original_max_position_embeddings > 0, "original_max_position_embeddings",
          "positive");
}

}  // namespace

bool ModelConfig::is_end(std::int64_t token) const {
  return token == eos_token_id ||
         std::ranges::find(other_eos_token_ids, token) != other_eos_token_ids.end();
}

std::int64_t ModelConfig::outputs() const {
  return head.is_language() ? vocab_size : static_cast<std::int64_t>(head.labels.size());
}

std::uint64_t ModelConfig::parameter_count() const {
  const Widths width(*this);
  const FamilyDescription& description = describe(family);
  std::int64_t layer = 0;
  for (const LayerTensor& tensor : description.tensors) {
    const TensorSizes sizes = sizes_of(width, tensor);
    layer += sizes.weight() + (has_bias(*this, tensor.bias) ? sizes.rows : 0);
  }
  const std::int64_t table = vocab_size * hidden_size;
  const std::int64_t positions =
      description.positions == PositionKind::learned ? max_position_embeddings * hidden_size : 0;
  const std::int64_t norm = description.norm == NormKind::layer ? 2 * hidden_size : hidden_size;
  const std::int64_t own_head = ties_head() ? 0 : outputs() * hidden_size;
  return static_cast<std::uint64_t>(num_hidden_layers * layer + norm + positions + table +
                                    own_head);
}

void ModelConfig::check() const {
  constexpr std::int64_t kMost = std::int64_t{1} << 24U;  // keeps every product within 63 bits
  const auto size = [](const char* field, std::int64_t value, std::int64_t most) {
    require(value >= 1 && value <= most, field,
            ("between 1 and " + std::to_string(most) + ", not " + std::to_string(value)).c_str());
  };
  size("vocab_size", vocab_size, kMost);
  size("hidden_size", hidden_size, kMost);
  size("intermediate_size", intermediate_size, kMost);
  size("num_hidden_layers", num_hidden_layers, 4096);
  size("num_attention_heads", num_attention_heads, 4096);
  size("num_key_value_heads", num_key_value_heads, num_attention_heads);
  size("head_dim", head_dim, 4096);
  size("max_position_embeddings", max_position_embeddings, kMost);
  require(num_attention_heads % num_key_value_heads == 0, "num_attention_heads",
          "a multiple of num_key_value_heads");
  if (describe(family).positions == PositionKind::rotary)
    require(head_dim % 2 == 0, "head_dim", "even");
  if (describe(family).keys.head_dim.empty())
    require(
        num_key_value_heads == num_attention_heads && head_dim * num_attention_heads == hidden_size,
        "hidden_size", "divided among the heads, which share no keys");
  require(norm_eps > 0, "norm_eps", "positive");
  require(rope_theta > 0, "rope_theta", "positive");
  check_scaling(rope_scaling);
  require(initializer_range >= 0, "initializer_range", "at least 0");
  require(bos_token_id < vocab_size, "bos_token_id", "below vocab_size");
  require(eos_token_id < vocab_size, "eos_token_id", "below vocab_size");
  for (const std::int64_t token : other_eos_token_ids)
    require(token < vocab_size, "eos_token_id", "below vocab_size");
  require(head.is_language() || pad_token_id < vocab_size, "pad_token_id", "below vocab_size");
  head.check();
}

}  // namespace aiops::train
