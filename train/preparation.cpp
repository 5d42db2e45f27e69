// SPDX-License-Identifier: Apache-2.0
#include "train/preparation.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "train/checkpoint/resumption.hpp"
#include "train/data/batch_source.hpp"
#include "train/tasks/task_data.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

Tokenizer learn_tokenizer(const TrainConfig& config, TaskData& task, ThreadPool& threads,
                          Status& status, const StopFlag& stop) {
  std::vector<std::string> special{config.end_token};
  for (const std::string& token : task.special_tokens()) special.push_back(token);
  auto tokenizer = Tokenizer::learn(task.texts(), config.vocab_size, special, threads, status, stop,
                                    config.splitter);
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

// The shape of a base model is known only now, and with it how long a row may be; so are its
// adapters, of which only how much they drop may be said.
void adopt_base(const BaseModel& base, TrainConfig& config) {
  constexpr std::int64_t kUsualLength = 512;  // a context of many thousands fits no batch
  const StoredModel stored = base.stored();
  config.model = stored.config();
  if (base.adapter) config.lora = stored.lora();
  if (config.dropout) config.lora.dropout = *config.dropout;
  const std::int64_t context = config.model.max_position_embeddings;
  if (config.length == 0) config.length = std::min(kUsualLength, context);
  if (config.length > context)
    throw Error(ExitCode::usage, fmt::format("'batch.length' is {}, the context of {} is {}",
                                             config.length, config.base, context));
}

}  // namespace

TrainConfig Preparation::with_steps() const {
  TrainConfig settled = config;
  settled.steps = config.steps_for(batches->training());
  return settled;
}

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

  const auto task = open_task({config, files, status, stop});
  const auto learn = [&] {
    if (!options.learnt.empty())
      return Tokenizer::from_json(options.learnt, "the tokenizer of rank 0");
    return learn_tokenizer(config, *task, threads, status, stop);
  };
  Tokenizer tokenizer = checkpoint                      ? resumed_tokenizer(*checkpoint, config)
                        : options.base                  ? options.base->stored().tokenizer()
                        : config.tokenizer_file.empty() ? learn()
                                                        : read_tokenizer(config.tokenizer_file);
  ModelConfig model = model_config(config, tokenizer);
  task->settle(config, options.base, tokenizer, model);
  if (checkpoint) require_same_template(*checkpoint, config);

  auto batches =
      make_batches({config, files, data_digest, tokenizer, model}, *task, threads, status);
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
