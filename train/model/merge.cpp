// SPDX-License-Identifier: Apache-2.0
#include "train/model/merge.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "train/model/directory.hpp"
#include "train/model/lora.hpp"
#include "train/model/weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace aiops::train {
namespace {

constexpr float kTolerance = 1e-4F;

// After some tokens of the vocabulary, whatever they mean.
std::vector<float> sample_logits(Model& model) {
  const ModelConfig& config = model.config();
  std::vector<std::int32_t> tokens;
  for (std::int64_t i = 0; i < std::min(kMergeSample, config.max_position_embeddings); ++i)
    tokens.push_back(static_cast<std::int32_t>(i * 7919 % config.vocab_size));
  model.reset_cache();
  const auto logits = model.forward_cached(tokens);
  return {logits.begin(), logits.end()};
}

}  // namespace

void write_merged(const std::filesystem::path& directory, Model& adapted,
                  const Tokenizer& tokenizer, const std::string& card,
                  const std::string& chat_template) {
  const std::vector<float> expected = sample_logits(adapted);
  adapted.merge_adapters();
  adapted.lora()->silence();
  make_directories(directory);
  write_model_directory(directory, adapted, tokenizer, card, chat_template);
  // Into the same memory: a second model may not fit. What the file does not fill would show.
  for (const Parameter& p : adapted.parameters())
    std::ranges::fill(p.value, std::numeric_limits<float>::quiet_NaN());
  load_weights(ModelFiles::in_directory(directory), adapted);
  const std::vector<float> found = sample_logits(adapted);
  float largest = 0, apart = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    const float difference = std::abs(expected[i] - found[i]);
    apart = std::isnan(difference) ? std::numeric_limits<float>::infinity()
                                   : std::max(apart, difference);
  }
  if (!(apart <= kTolerance * largest))
    throw Error(
        ExitCode::failed,
        fmt::format("{}: the merged model is not the adapted one: logits differ by {} of {}",
                    directory.string(), apart, largest));
}

}  // namespace aiops::train
