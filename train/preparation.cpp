// SPDX-License-Identifier: Apache-2.0
#include "train/preparation.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "train/chat/format.hpp"
#include "train/checkpoint/resumption.hpp"
#include "train/data/batch_source.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <span>
#include <string_view>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

Tokenizer learn_tokenizer(const TrainConfig& config, std::span<const std::string_view> texts,
                          ThreadPool& threads, Status& status, const StopFlag& stop) {
  std::vector<std::string> special{config.end_token};
  if (config.task == TaskKind::chat)
    for (const std::string& token : chatml_tokens()) special.push_back(token);
  auto tokenizer = Tokenizer::learn(texts, config.vocab_size, special, threads, status, stop);
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
  std::vector<std::string> said;  // in the conversations
  const auto learnt_from = [&]() -> std::vector<std::string_view> {
    if (config.task == TaskKind::chat) {
      said = texts_of(Conversations(files, status, stop));
      return {said.begin(), said.end()};
    }
    return {text().documents().begin(), text().documents().end()};
  };
  const auto learn = [&] {
    if (!options.learnt.empty())
      return Tokenizer::from_json(options.learnt, "the tokenizer of rank 0");
    return learn_tokenizer(config, learnt_from(), threads, status, stop);
  };
  Tokenizer tokenizer = checkpoint                      ? resumed_tokenizer(*checkpoint, config)
                        : options.base                  ? options.base->tokenizer()
                        : config.tokenizer_file.empty() ? learn()
                                                        : read_tokenizer(config.tokenizer_file);
  ModelConfig model = model_config(config, tokenizer);
  std::optional<ChatFormat> chat;
  if (config.task == TaskKind::chat)
    chat = settle_chat_format(config, options.base, tokenizer, model, status);
  else if (options.base)
    keep_chat_template(config, *options.base);
  if (checkpoint) require_same_template(*checkpoint, config);

  auto batches = make_batches({config, files, data_digest, tokenizer, model, chat}, text, threads,
                              status, stop);
  return {.config = std::move(config),
          .files = files,
          .data_digest = data_digest,
          .base = options.base,
          .tokenizer = std::move(tokenizer),
          .model = model,
          .batches = std::move(batches),
          .checkpoint = checkpoint,
          .state = std::move(state),
          .digest_memory = options.digest_memory};
}

}  // namespace aiops::train
