// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/resumption.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "train/checkpoint/run_directory.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

// The rows of a step, in a flattened configuration; older ones do not say the ranks.
std::int64_t rows_per_step(const Json& flat) {
  return flat.value("/batch/rows", std::int64_t{1}) *
         flat.value("/batch/accumulate", std::int64_t{1}) *
         flat.value("/batch/ranks", std::int64_t{1});
}

// A resumed run must be the same run. What only steers it (learning rate, steps, evaluation) may
// change, aloud; what makes it another one may not.
void compare_configurations(const OrderedJson& then, const OrderedJson& now,
                            const std::string& checkpoint, Status& status) {
  Json before = Json(then).flatten();
  before.emplace("/optimiser/name", "adamw");  // older checkpoints do not say it
  before.emplace("/tokenizer/splitter", "gpt2");
  const Json after = Json(now).flatten();
  before.emplace("/batch/ranks", 1);
  // As many rows a step, parted otherwise, are the same run but for the order of sums.
  const bool same_rows = rows_per_step(before) == rows_per_step(after);
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
    if (key == "steps" && value == 0) continue;  // follows from the data
    if (key == "model.base") continue;           // its digest counts
    if (same_rows && (key == "batch.rows" || key == "batch.accumulate" || key == "batch.ranks")) {
      status.warn("going on from " + checkpoint + ": " + change + ": sums are rounded otherwise");
      continue;
    }
    if (in("model.") || in("batch.") || in("seed") || in("task") || in("chat.") || in("lora.") ||
        key == "data.validation" || key == "data.packing" || key == "optimiser.name" ||
        key == "tokenizer.vocab_size" || key == "tokenizer.splitter" || key == "tokenizer.end")
      throw Error(ExitCode::usage, checkpoint + ": cannot go on: " + change,
                  "--out for another directory, to start a run of its own");
    if (!in("data.") && !in("eval.") && !in("tokenizer."))
      status.warn("going on from " + checkpoint + ": " + change);
  }
}

void compare_bases(const std::optional<BaseRecord>& then, const std::optional<BaseModel>& now,
                   const std::string& checkpoint) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ExitCode::usage, checkpoint + ": cannot go on: " + why,
                "set model.base as it was, or --out for another directory");
  };
  if (then && !now) refuse("it was trained from a base model, " + then->name);
  if (!then && now) refuse("it was trained from scratch, not from " + now->record.name);
  if (then && then->digest != now->record.digest)
    refuse("the base model " + now->record.name + " is not the one it began with");
}

}  // namespace

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

void resume_from(const fs::path& checkpoint, const TrainerState& state,
                 const std::string& data_digest, const std::optional<BaseModel>& base,
                 TrainConfig& config, Status& status) {
  if (state.data_digest != data_digest)
    throw Error(ExitCode::usage, checkpoint.string() + ": cannot go on: the data has changed",
                "give the same data, or --out for another directory");
  compare_bases(state.base, base, checkpoint.string());
  if (config.minutes > 0) config.steps = state.steps;
  compare_configurations(OrderedJson::parse(state.config), config.to_json(), checkpoint.string(),
                         status);
}

void require_same_template(const fs::path& checkpoint, const TrainConfig& config) {
  const fs::path file = checkpoint / "chat_template.jinja";
  std::error_code ignored;
  const std::string then = fs::exists(file, ignored) ? read_file(file) : std::string();
  if (then != config.chat.template_text)
    throw Error(ExitCode::usage,
                checkpoint.string() + ": cannot go on: the chat template has changed",
                "give the same one, or --out for another directory");
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

}  // namespace aiops::train
