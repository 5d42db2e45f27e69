// SPDX-License-Identifier: Apache-2.0
#include "train/preparation.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "train/resumption.hpp"
#include "train/windows.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

Tokenizer learn_tokenizer(const TrainConfig& config, const Corpus& corpus, ThreadPool& threads,
                          Status& status, const StopFlag& stop) {
  const std::vector<std::string> special{config.end_token};
  auto tokenizer =
      Tokenizer::learn(corpus.documents(), config.vocab_size, special, threads, status, stop);
  if (tokenizer.vocab_size() < config.vocab_size)
    status.step(
        fmt::format("the data is small: its vocabulary ends at {} tokens", tokenizer.vocab_size()));
  return tokenizer;
}

// The token between documents. A base model may name it with its own configuration.
std::int64_t end_token(const TrainConfig& config, const Tokenizer& tokenizer,
                       std::int64_t otherwise) {
  const std::int64_t id = config.end_token.empty() ? otherwise : tokenizer.id_of(config.end_token);
  if (id >= 0) return id;
  const std::string whose = config.base.empty() ? config.tokenizer_file.string() : config.base;
  throw Error(
      ExitCode::usage,
      whose + (config.end_token.empty() ? ": does not say which token ends a document"
                                        : ": has no special token '" + config.end_token + "'"),
      "name the token that ends a document: --set tokenizer.end=TOKEN");
}

ModelConfig model_config(const TrainConfig& config, const Tokenizer& tokenizer) {
  ModelConfig model = config.model;
  if (config.base.empty()) {
    model.vocab_size = tokenizer.vocab_size();
    model.bos_token_id = model.eos_token_id = end_token(config, tokenizer, -1);
  } else {
    if (tokenizer.vocab_size() > model.vocab_size)
      throw Error(ExitCode::failed,
                  fmt::format("{}: its tokenizer has {} tokens, its model a vocabulary of {}",
                              config.base, tokenizer.vocab_size(), model.vocab_size));
    model.eos_token_id = end_token(config, tokenizer, model.eos_token_id);
  }
  model.check();
  return model;
}

// The shape of a base model is known only now, and with it how long a row may be.
void adopt_base(const BaseModel& base, TrainConfig& config) {
  constexpr std::int64_t kUsualLength = 512;  // a context of many thousands fits no batch
  config.model = base.config();
  const std::int64_t context = config.model.max_position_embeddings;
  if (config.length == 0) config.length = std::min(kUsualLength, context);
  if (config.length > context)
    throw Error(ExitCode::usage, fmt::format("'batch.length' is {}, the context of {} is {}",
                                             config.length, config.base, context));
}

}  // namespace

Preparation prepare(const TrainOptions& options, ThreadPool& threads, Status& status,
                    const StopFlag& stop) {
  TrainConfig config = options.config;
  const auto files = find_data(config.data, stop);
  const std::string data_digest = digest_of(files, config.data).str();

  if (options.base) adopt_base(*options.base, config);
  const auto checkpoint = find_checkpoint(options, status);
  std::optional<TrainerState> state;
  if (checkpoint) {
    state = read_state(*checkpoint);
    resume_from(*checkpoint, *state, data_digest, options.base, config, status);
  }

  std::optional<Corpus> corpus;  // read only when something needs its text
  const auto text = [&]() -> const Corpus& {
    if (!corpus) corpus.emplace(files, config.data, status, stop);
    return *corpus;
  };
  const auto learn = [&] {
    if (!options.learnt.empty())
      return Tokenizer::from_json(options.learnt, "the tokenizer of rank 0");
    return learn_tokenizer(config, text(), threads, status, stop);
  };
  Tokenizer tokenizer = checkpoint                      ? resumed_tokenizer(*checkpoint, config)
                        : options.base                  ? options.base->tokenizer()
                        : config.tokenizer_file.empty() ? learn()
                                                        : read_tokenizer(config.tokenizer_file);
  const ModelConfig model = model_config(config, tokenizer);

  // The cache is found by what its tokens are made of.
  const Digest key = sha256_of(data_digest + "\n" + std::to_string(model.eos_token_id) + "\n" +
                               tokenizer.to_json());
  const fs::path tokens = config.out / "cache" / (std::string(key.hex()) + ".tokens");
  std::error_code ignored;
  if (!fs::exists(tokens, ignored)) {
    make_directories(tokens.parent_path());
    write_token_cache(tokens, text().documents(), tokenizer,
                      static_cast<std::int32_t>(model.eos_token_id), threads, status, stop);
  }
  TokenCache cache(tokens);
  auto batches =
      std::make_unique<Windows>(cache.tokens(), config.length, config.validation, config.seed);
  status.step(fmt::format("{} of text in {} {}, {} tokens, {} {} to train on, {} to validate",
                          format_bytes(total_bytes(files)), files.size(),
                          files.size() == 1 ? "file" : "files", format_count(cache.tokens().size()),
                          batches->training(), batches->noun(), batches->validation()));
  return {.config = std::move(config),
          .files = files,
          .data_digest = data_digest,
          .base = options.base,
          .tokenizer = std::move(tokenizer),
          .model = model,
          .cache = std::move(cache),
          .batches = std::move(batches),
          .checkpoint = checkpoint,
          .state = std::move(state)};
}

}  // namespace aiops::train
