// SPDX-License-Identifier: Apache-2.0
#include "train/preparation.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "train/windows.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> find_checkpoint(const TrainOptions& options, Status& status) {
  const fs::path& out = options.config.out;
  if (options.resume == Resume::directory) {
    std::error_code ignored;
    if (!fs::is_directory(options.resume_directory, ignored))
      throw Error(ExitCode::not_found,
                  options.resume_directory.string() + ": no directory to go on from");
    verify_checkpoint(options.resume_directory);
    return options.resume_directory;
  }
  auto newest = newest_checkpoint(out, status);
  if (newest && options.resume == Resume::never)
    throw Error(ExitCode::usage, out.string() + ": holds the checkpoints of an earlier run",
                "--resume auto to go on, or --out for another directory");
  return newest;
}

// A resumed run must be the same run. What only steers it (learning rate, steps, evaluation) may
// change, aloud; what makes it another one may not.
void compare_configurations(const OrderedJson& then, const OrderedJson& now,
                            const std::string& checkpoint, Status& status) {
  const Json before = Json(then).flatten();
  const Json after = Json(now).flatten();
  for (const auto& [pointer, value] : after.items()) {
    if (!before.contains(pointer)) {
      if (pointer == "/tokenizer/vocab_size")
        throw Error(ExitCode::usage,
                    checkpoint + ": cannot go on: it was trained with a given tokenizer",
                    "set tokenizer.file as it was, or --out for another directory");
      continue;
    }
    if (before[pointer] == value) continue;
    std::string key = pointer.substr(1);
    std::replace(key.begin(), key.end(), '/', '.');
    const std::string change =
        key + " was " + to_text(before[pointer]) + " and is now " + to_text(value);
    const auto in = [&](const char* section) { return key.starts_with(section); };
    if (in("model.") || in("batch.") || in("seed") || key == "data.validation" ||
        key == "tokenizer.vocab_size" || key == "tokenizer.end")
      throw Error(ExitCode::usage, checkpoint + ": cannot go on: " + change,
                  "--out for another directory, to start a run of its own");
    if (!in("data.") && !in("eval.") && !in("tokenizer."))
      status.warn("going on from " + checkpoint + ": " + change);
  }
}

void resume_from(const fs::path& checkpoint, const TrainerState& state,
                 const std::string& data_digest, TrainConfig& config, Status& status) {
  if (state.data_digest != data_digest)
    throw Error(ExitCode::usage, checkpoint.string() + ": cannot go on: the data has changed",
                "give the same data, or --out for another directory");
  if (config.minutes > 0) config.steps = state.steps;
  compare_configurations(OrderedJson::parse(state.config), config.to_json(), checkpoint.string(),
                         status);
}

Tokenizer read_tokenizer(const fs::path& file) {
  return Tokenizer::from_json(read_file(file, 256u << 20), file.string());
}

// A resumed run speaks with the tokens that it began with; a configuration that names others is
// another run.
Tokenizer resumed_tokenizer(const fs::path& checkpoint, const TrainConfig& config) {
  Tokenizer tokenizer = read_tokenizer(checkpoint / "tokenizer.json");
  if (!config.tokenizer_file.empty() &&
      read_tokenizer(config.tokenizer_file).to_json() != tokenizer.to_json())
    throw Error(ExitCode::usage,
                checkpoint.string() + ": cannot go on: " + config.tokenizer_file.string() +
                    " is not the tokenizer of this run",
                "--out for another directory, to start a run of its own");
  return tokenizer;
}

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

std::int32_t end_token(const TrainConfig& config, const Tokenizer& tokenizer) {
  const std::int64_t id = tokenizer.id_of(config.end_token);
  if (id < 0)
    throw Error(
        ExitCode::usage,
        config.tokenizer_file.string() + ": has no special token '" + config.end_token + "'",
        "name the token that ends a document: --set tokenizer.end=TOKEN");
  return static_cast<std::int32_t>(id);
}

ModelConfig model_config(const TrainConfig& config, const Tokenizer& tokenizer) {
  ModelConfig model = config.model;
  model.vocab_size = tokenizer.vocab_size();
  model.bos_token_id = model.eos_token_id = end_token(config, tokenizer);
  model.check();
  return model;
}

}  // namespace

Preparation prepare(const TrainOptions& options, ThreadPool& threads, Status& status,
                    const StopFlag& stop) {
  TrainConfig config = options.config;
  const auto files = find_data(config.data, stop);
  const std::string data_digest = digest_of(files, config.data).str();

  const auto checkpoint = find_checkpoint(options, status);
  std::optional<TrainerState> state;
  if (checkpoint) {
    state = read_state(*checkpoint);
    resume_from(*checkpoint, *state, data_digest, config, status);
  }

  std::optional<Corpus> corpus;  // read only when something needs its text
  const auto text = [&]() -> const Corpus& {
    if (!corpus) corpus.emplace(files, config.data, status, stop);
    return *corpus;
  };
  Tokenizer tokenizer = checkpoint ? resumed_tokenizer(*checkpoint, config)
                        : config.tokenizer_file.empty()
                            ? learn_tokenizer(config, text(), threads, status, stop)
                            : read_tokenizer(config.tokenizer_file);
  const ModelConfig model = model_config(config, tokenizer);

  // The cache is found by what its tokens are made of.
  const Digest key = sha256_of(data_digest + "\n" + config.end_token + "\n" + tokenizer.to_json());
  const fs::path tokens = config.out / "cache" / (std::string(key.hex()) + ".tokens");
  std::error_code ignored;
  if (!fs::exists(tokens, ignored)) {
    make_directories(tokens.parent_path());
    write_token_cache(tokens, text().documents(), tokenizer, end_token(config, tokenizer), threads,
                      status, stop);
  }
  TokenCache cache(tokens);
  auto batches =
      std::make_unique<Windows>(cache.tokens(), config.length, config.validation, config.seed);
  status.step(fmt::format("{} of text in {} {}, {} tokens, {} {} to train on, {} to validate",
                          format_bytes(total_bytes(files)), files.size(),
                          files.size() == 1 ? "file" : "files", format_count(cache.tokens().size()),
                          batches->training(), batches->noun(), batches->validation()));
  return {std::move(config),    files,      data_digest,
          std::move(tokenizer), model,      std::move(cache),
          std::move(batches),   checkpoint, std::move(state)};
}

}  // namespace aiops::train
