// SPDX-License-Identifier: Apache-2.0
// Of some hundred texts at a time, those of like length are read together: rows of a batch are
// padded to the longest of them. Padding stands behind a text, where attention never looks, and a
// text is judged at its last token.
#include "train/prediction/predictor.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aiops::train {
namespace {

// Enough rows for efficient products, few enough for small activations.
constexpr std::size_t kTokensAtOnce = 2048;
constexpr std::size_t kTextsAtOnce = 512;  // whose outputs are in memory

using Tokens = std::vector<std::int32_t>;

std::vector<Tokens> tokens_of(const Tokenizer& tokenizer, std::span<const std::string_view> texts,
                              ThreadPool& threads, const StopFlag& stop) {
  std::vector<Tokens> tokens(texts.size());
  std::vector<Tokenizer::Encoder> encoders;
  for (std::size_t lane = 0; lane < threads.size(); ++lane)
    encoders.emplace_back(tokenizer, SpecialTokens::literal);
  const auto before = tokenizer.before();
  const auto after = tokenizer.after();
  threads.run(encoders.size(), [&](std::size_t lane) {
    for (std::size_t i = lane; i < texts.size() && !stop.requested(); i += encoders.size()) {
      tokens[i].assign(before.begin(), before.end());
      encoders[lane].encode(texts[i], tokens[i]);
      tokens[i].insert(tokens[i].end(), after.begin(), after.end());
    }
  });
  stop.check();
  return tokens;
}

// Some texts as rows of one length; each has one target, so that its last token's outputs are kept.
class PaddedRows {
 public:
  PaddedRows(std::span<const std::size_t> texts, std::span<const Tokens> tokens, std::size_t length,
             std::size_t outputs)
      : rows_(texts.size()), length_(length), nothing_(outputs) {
    for (const std::size_t text : texts) {
      ids_.insert(ids_.end(), tokens[text].begin(), tokens[text].end());
      targets_.resize(ids_.size(), -1);
      targets_.back() = 0;
      ids_.resize((ids_.size() + length - 1) / length * length, 0);
      targets_.resize(ids_.size(), -1);
    }
  }
  Batch batch() const {
    return {.rows = static_cast<std::int64_t>(rows_),
            .length = static_cast<std::int64_t>(length_),
            .tokens = ids_,
            .targets = targets_,
            .values = nothing_};
  }

 private:
  std::size_t rows_, length_;
  Tokens ids_, targets_;
  std::vector<float> nothing_;  // what the target of a regression numbers
};

std::size_t length_for(std::int64_t said, const ModelConfig& config) {
  const std::int64_t context = config.max_position_embeddings;
  if (said > context)
    throw Error(ExitCode::usage, "a length of " + std::to_string(said) +
                                     " tokens is more than the model sees, " +
                                     std::to_string(context));
  return static_cast<std::size_t>(said == 0 ? context : said);
}

// The outputs of some texts, whose tokens are given, in their order.
std::vector<float> judge(Model& model, std::span<const Tokens> tokens, const StopFlag& stop) {
  const auto outputs = static_cast<std::size_t>(model.config().outputs());
  std::vector<std::size_t> order(tokens.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t text) { return tokens[text].size(); });
  std::vector<float> all(tokens.size() * outputs), made;
  for (std::span<const std::size_t> rest = order; !rest.empty();) {
    stop.check();
    std::size_t count = 1;
    while (count < rest.size() && (count + 1) * tokens[rest[count]].size() <= kTokensAtOnce)
      ++count;
    const auto now = rest.first(count);
    model.predict(PaddedRows(now, tokens, tokens[now.back()].size(), outputs).batch(), made);
    for (std::size_t i = 0; i < count; ++i)
      std::copy_n(made.begin() + static_cast<std::ptrdiff_t>(i * outputs), outputs,
                  all.begin() + static_cast<std::ptrdiff_t>(now[i] * outputs));
    rest = rest.subspan(count);
  }
  if (!std::ranges::all_of(all, [](float x) { return std::isfinite(x); }))
    throw Error(ExitCode::failed, "the model gives no numbers: its weights are damaged");
  return all;
}

}  // namespace

std::size_t predict(LoadedModel& loaded, std::span<const std::string_view> texts,
                    std::int64_t length, ThreadPool& threads, Status& status, const StopFlag& stop,
                    const std::function<void(std::span<const float>)>& hear) {
  const ModelConfig& config = loaded.model->config();
  const std::size_t longest = length_for(length, config);
  const auto outputs = static_cast<std::size_t>(config.outputs());
  std::size_t cut = 0;
  Task task(status, "judging the texts", texts.size(), Status::Unit::items);
  while (!texts.empty()) {
    const auto now = texts.first(std::min(texts.size(), kTextsAtOnce));
    auto tokens = tokens_of(loaded.tokenizer, now, threads, stop);
    for (Tokens& one : tokens) {
      cut += one.size() > longest ? 1 : 0;
      one.resize(std::min(one.size(), longest));
    }
    const auto made = judge(*loaded.model, tokens, stop);
    for (std::size_t i = 0; i < now.size(); ++i) {
      stop.check();
      hear(std::span(made).subspan(i * outputs, outputs));
    }
    texts = texts.subspan(now.size());
    task.advance(now.size());
  }
  return cut;
}

std::vector<double> probabilities_of(std::span<const float> logits) {
  const auto most = static_cast<double>(*std::ranges::max_element(logits));
  std::vector<double> shares;
  double sum = 0;
  for (const float logit : logits) {
    shares.push_back(std::exp(static_cast<double>(logit) - most));
    sum += shares.back();
  }
  for (double& share : shares) share /= sum;
  return shares;
}

}  // namespace aiops::train
