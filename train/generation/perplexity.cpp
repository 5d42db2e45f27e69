// SPDX-License-Identifier: Apache-2.0
#include "train/generation/perplexity.hpp"

#include "base/error.hpp"
#include "train/generation/scorer.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace aiops::train {
namespace {

constexpr std::int64_t kUsualLength = 2048;

PerplexityOptions resolve(PerplexityOptions options, const ModelConfig& config) {
  const std::int64_t context = config.max_position_embeddings;
  if (options.length == 0) options.length = std::min(context, kUsualLength);
  if (options.stride == 0) options.stride = std::max<std::int64_t>(1, options.length / 2);
  if (options.length > context)
    throw Error(ExitCode::usage, "a length of " + std::to_string(options.length) +
                                     " tokens is more than the model sees, " +
                                     std::to_string(context));
  if (options.stride > options.length)
    throw Error(ExitCode::usage, "a stride of " + std::to_string(options.stride) +
                                     " is more than the length, " + std::to_string(options.length));
  return options;
}

class Measurement {
 public:
  Measurement(LoadedModel& loaded, const PerplexityOptions& options)
      : tokenizer_(loaded.tokenizer),
        encoder_(loaded.tokenizer, SpecialTokens::literal),
        options_(resolve(options, loaded.model->config())),
        start_(document_start(loaded)),
        scorer_(*loaded.model, [this](double loss) { result_.loss += loss; }) {}

  void read(std::string_view document, Task& task, const StopFlag& stop) {
    tokens_ = start_;
    encoder_.encode(document, tokens_);
    const auto count = tokens_.size();
    const std::size_t first = std::max<std::size_t>(start_.size(), 1);
    if (count <= first) return;
    ++result_.documents;
    const auto length = static_cast<std::size_t>(options_.length);
    const auto stride = static_cast<std::size_t>(options_.stride);
    std::size_t counted = first;  // the first token that is still to be predicted
    for (std::size_t begin = 0; counted < count; begin += stride) {
      stop.check();
      const std::size_t end = std::min(begin + length + 1, count);
      scorer_.add(std::span(tokens_).subspan(begin, end - begin), counted - begin);
      ++result_.windows;
      const std::uint64_t bytes = bytes_of(counted, end);
      counted = end;
      result_.bytes += bytes;
      task.advance(bytes);
    }
    result_.tokens += count - first;
  }

  Perplexity finish() {
    scorer_.finish();
    return result_;
  }

 private:
  std::uint64_t bytes_of(std::size_t begin, std::size_t end) const {
    std::uint64_t bytes = 0;
    for (; begin < end; ++begin) bytes += tokenizer_.bytes_of(tokens_[begin]).size();
    return bytes;
  }

  const Tokenizer& tokenizer_;
  Tokenizer::Encoder encoder_;
  PerplexityOptions options_;
  Perplexity result_;
  std::vector<std::int32_t> start_;
  Scorer scorer_;
  std::vector<std::int32_t> tokens_;
};

}  // namespace

double Perplexity::per_token() const { return loss / static_cast<double>(tokens); }

double Perplexity::perplexity() const { return std::exp(per_token()); }

double Perplexity::bits_per_byte() const {
  return loss / std::numbers::ln2 / static_cast<double>(bytes);
}

Perplexity measure_perplexity(LoadedModel& loaded, std::span<const std::string_view> documents,
                              const PerplexityOptions& options, Status& status,
                              const StopFlag& stop) {
  Measurement measurement(loaded, options);
  std::uint64_t bytes = 0;
  for (const std::string_view document : documents) bytes += document.size();
  Task task(status, "predicting the text", bytes);
  for (const std::string_view document : documents) measurement.read(document, task, stop);
  const Perplexity result = measurement.finish();
  if (result.tokens == 0) throw Error(ExitCode::failed, "the data holds no token to predict");
  return result;
}

}  // namespace aiops::train
