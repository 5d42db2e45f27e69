// SPDX-License-Identifier: Apache-2.0
#include "train/generation/generator.hpp"

#include "base/error.hpp"
#include "base/time.hpp"
#include "kernels/random.hpp"
#include "train/generation/stop_strings.hpp"
#include "train/tokenizer/utf8_stream.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

// The prompt's tokens; of an empty prompt, the token that starts or ends a document.
std::vector<std::int32_t> tokens_of(const ModelConfig& config, const Tokenizer& tokenizer,
                                    const GenerateOptions& options) {
  auto tokens = tokenizer.encode(options.prompt);
  const auto before = tokenizer.before();
  const bool is_there = tokens.size() >= before.size() &&
                        std::equal(before.begin(), before.end(), tokens.begin());  // it was typed
  if (options.kind == GenerateOptions::Prompt::text && !is_there)
    tokens.insert(tokens.begin(), before.begin(), before.end());
  if (tokens.empty()) {
    const std::int64_t first = config.bos_token_id >= 0 ? config.bos_token_id : config.eos_token_id;
    if (first < 0)
      throw Error(ExitCode::usage, "this model has no token to start from: give a prompt");
    tokens.push_back(static_cast<std::int32_t>(first));
  }
  const auto context = config.max_position_embeddings;
  if (static_cast<std::int64_t>(tokens.size()) > context)
    throw Error(ExitCode::usage, "the prompt has " + std::to_string(tokens.size()) +
                                     " tokens, the model sees " + std::to_string(context));
  return tokens;
}

class Sampler {
 public:
  Sampler(const GenerateOptions& options, std::vector<std::int32_t> prompt)
      : options_(options), seen_(std::move(prompt)) {}

  std::int32_t next(std::span<const float> logits, std::int64_t index) {
    for (const float logit : logits)
      if (std::isnan(logit))
        throw Error(ExitCode::failed, "the model gives no numbers: its weights are damaged");
    const std::int32_t token = choose(penalised(logits), index);
    if (options_.repetition_penalty != 1) seen_.push_back(token);
    return token;
  }

 private:
  std::span<const float> penalised(std::span<const float> logits) {
    if (options_.repetition_penalty == 1) return logits;
    logits_.assign(logits.begin(), logits.end());
    kernels::penalise_repetition(seen_, options_.repetition_penalty, logits_);
    return logits_;
  }

  std::int32_t choose(std::span<const float> logits, std::int64_t index) {
    if (options_.sampling.temperature == 0) return kernels::most_probable(logits);
    kernels::candidates_of(logits, options_.sampling, candidates_);
    const double chance = kernels::uniform(options_.seed, kernels::stream_of("generate"),
                                           static_cast<std::uint64_t>(index));
    return kernels::pick(candidates_, chance);
  }

  const GenerateOptions& options_;
  std::vector<std::int32_t> seen_;
  std::vector<float> logits_;
  std::vector<kernels::Candidate> candidates_;
};

// Says tokens as text: whole characters, and nothing from a stop string on.
class Speaker {
 public:
  Speaker(const std::vector<std::string>& stops, std::string& text,
          const std::function<void(std::string_view)>& hear)
      : stops_(stops), text_(text), hear_(hear) {}

  void say(std::string_view bytes) { put(stops_.push(characters_.push(bytes))); }
  void finish() {
    put(stops_.push(characters_.finish()));
    put(stops_.finish());
  }
  bool is_stopped() const { return stops_.is_found(); }

 private:
  void put(const std::string& text) {
    if (text.empty()) return;
    text_ += text;
    hear_(text);
  }

  Utf8Stream characters_;
  StopStrings stops_;
  std::string& text_;
  const std::function<void(std::string_view)>& hear_;
};

// Draws and says tokens after `logits`, counting them; returns what ended it.
const char* speak(Model& model, const Tokenizer& tokenizer, std::int64_t most,
                  std::span<const float> logits, Sampler& sampler, Speaker& speaker,
                  std::int64_t& tokens, const StopFlag& stop) {
  for (;;) {
    stop.check();
    const std::int32_t token = sampler.next(logits, tokens);
    if (model.config().is_end(token)) return "end";
    ++tokens;
    speaker.say(tokenizer.bytes_of(token));
    if (speaker.is_stopped()) return "stop";
    if (tokens == most) return "length";
    if (model.cached() == model.config().max_position_embeddings) return "context";
    logits = model.forward_cached({&token, 1});
  }
}

}  // namespace

LoadedModel load_model(const StoredModel& stored, ThreadPool& threads, ModelOptions options) {
  auto tokenizer = stored.tokenizer();
  options.lora = stored.lora();
  options.purpose = Purpose::answering;
  auto model = std::make_unique<Model>(stored.config(), threads, options);
  stored.load(*model, threads);
  return {std::move(model), std::move(tokenizer), stored.chat_template()};
}

std::vector<std::int32_t> document_start(const LoadedModel& loaded) {
  const auto before = loaded.tokenizer.before();
  const ModelConfig& config = loaded.model->config();
  if (before.empty() && config.bos_token_id >= 0 && config.bos_token_id == config.eos_token_id)
    return {static_cast<std::int32_t>(config.bos_token_id)};
  return {before.begin(), before.end()};
}

Generation generate(Model& model, const Tokenizer& tokenizer, const GenerateOptions& options,
                    const std::function<void(std::string_view)>& hear, const StopFlag& stop) {
  const auto prompt = tokens_of(model.config(), tokenizer, options);
  Generation result;
  result.prompt_tokens = static_cast<std::int64_t>(prompt.size());
  double begin = monotonic_seconds();
  model.reset_cache();
  const auto logits = model.forward_cached(prompt);
  result.prompt_seconds = monotonic_seconds() - begin;
  begin = monotonic_seconds();
  Sampler sampler(options, prompt);
  Speaker speaker(options.stop, result.text, hear);
  result.ended =
      speak(model, tokenizer, options.tokens, logits, sampler, speaker, result.tokens, stop);
  speaker.finish();
  result.seconds = monotonic_seconds() - begin;
  return result;
}

}  // namespace aiops::train
