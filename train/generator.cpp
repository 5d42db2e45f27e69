// SPDX-License-Identifier: Apache-2.0
#include "train/generator.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "kernels/random.hpp"
#include "train/utf8_stream.hpp"
#include "train/weights.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace aiops::train {
namespace {

// The prompt's tokens; of an empty prompt, the token that starts or ends a document.
std::vector<std::int32_t> tokens_of(const LoadedModel& loaded, const std::string& prompt) {
  auto tokens = loaded.tokenizer.encode(prompt);
  const ModelConfig& config = loaded.model->config();
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
  explicit Sampler(const GenerateOptions& options) : options_(options) {}

  std::int32_t next(std::span<const float> logits, std::int64_t index) {
    for (const float logit : logits)
      if (std::isnan(logit))
        throw Error(ExitCode::failed, "the model gives no numbers: its weights are damaged");
    if (options_.sampling.temperature == 0) return kernels::most_probable(logits);
    kernels::candidates_of(logits, options_.sampling, candidates_);
    const double chance = kernels::uniform(options_.seed, kernels::stream_of("generate"),
                                           static_cast<std::uint64_t>(index));
    return kernels::pick(candidates_, chance);
  }

 private:
  const GenerateOptions& options_;
  std::vector<kernels::Candidate> candidates_;
};

}  // namespace

LoadedModel load_model(const ModelFiles& files, ThreadPool& threads) {
  const std::string config_name = files.name() + "/config.json";
  const auto config =
      ModelConfig::from_json(parse_json(files.read("config.json"), config_name), config_name);
  const std::string tokenizer_name = files.name() + "/tokenizer.json";
  auto tokenizer = Tokenizer::from_json(files.read("tokenizer.json", 256u << 20), tokenizer_name);
  if (tokenizer.vocab_size() > config.vocab_size)
    throw Error(ExitCode::failed,
                tokenizer_name + ": has " + std::to_string(tokenizer.vocab_size()) +
                    " tokens, the model knows " + std::to_string(config.vocab_size));
  auto model = std::make_unique<Model>(config, threads);
  load_weights(files, *model);
  return {std::move(model), std::move(tokenizer)};
}

Generation generate(LoadedModel& loaded, const GenerateOptions& options,
                    const std::function<void(std::string_view)>& hear, const StopFlag& stop) {
  Model& model = *loaded.model;
  const auto prompt = tokens_of(loaded, options.prompt);
  Generation result;
  result.prompt_tokens = static_cast<std::int64_t>(prompt.size());
  Utf8Stream characters;
  const auto say = [&](const std::string& text) {
    if (text.empty()) return;
    result.text += text;
    hear(text);
  };
  Sampler sampler(options);
  double begin = monotonic_seconds();
  model.reset_cache();
  auto logits = model.forward_cached(prompt);
  result.prompt_seconds = monotonic_seconds() - begin;
  begin = monotonic_seconds();
  while (result.tokens < options.tokens) {
    stop.check();
    const std::int32_t token = sampler.next(logits, result.tokens);
    if (token == model.config().eos_token_id) {
      result.ended = "end";
      break;
    }
    ++result.tokens;
    say(characters.push(loaded.tokenizer.bytes_of(token)));
    if (result.tokens == options.tokens) break;
    if (model.cached() == model.config().max_position_embeddings) {
      result.ended = "context";
      break;
    }
    logits = model.forward_cached({&token, 1});
  }
  say(characters.finish());
  result.seconds = monotonic_seconds() - begin;
  return result;
}

}  // namespace aiops::train
