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

namespace aiops::train {
namespace {

constexpr std::int64_t kSample = 32;
constexpr float kTolerance = 1e-4F;

// After some tokens of the vocabulary, whatever they mean.
std::vector<float> sample_logits(Model& model) {
  const ModelConfig& config = model.config();
  std::vector<std::int32_t> tokens;
  for (std::int64_t i = 0; i < std::min(kSample, config.max_position_embeddings); ++i)
    tokens.push_back(static_cast<std::int32_t>(i * 7919 % config.vocab_size));
  model.reset_cache();
  const auto logits = model.forward_cached(tokens);
  return {logits.begin(), logits.end()};
}

}  // namespace

void write_merged(const std::filesystem::path& directory, Model& adapted,
                  const Tokenizer& tokenizer, const std::string& card,
                  const std::string& chat_template, ThreadPool& threads) {
  const std::vector<float> expected = sample_logits(adapted);
  adapted.lora()->merge();
  make_directories(directory);
  write_model_directory(directory, adapted, tokenizer, card, chat_template);
  Model merged(adapted.config(), threads);
  load_weights(ModelFiles::in_directory(directory), merged);
  const std::vector<float> found = sample_logits(merged);
  float largest = 0, apart = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    apart = std::max(apart, std::abs(expected[i] - found[i]));
  }
  if (!(apart <= kTolerance * largest))
    throw Error(
        ExitCode::failed,
        fmt::format("{}: the merged model is not the adapted one: logits differ by {} of {}",
                    directory.string(), apart, largest));
}

}  // namespace aiops::train
