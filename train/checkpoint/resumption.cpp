// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/resumption.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "train/checkpoint/run_directory.hpp"
#include "train/config/comparison.hpp"

#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

// A resumed run must be the same run. What only steers it may change, aloud.
void require_same_run(const OrderedJson& then, const OrderedJson& now,
                      const std::string& checkpoint, Status& status) {
  for (const ConfigChange& change : compare_configurations(then, now)) {
    if (change.kind == ConfigChange::Kind::another_run)
      throw Error(ExitCode::usage, checkpoint + ": cannot go on: " + change.what,
                  "--out for another directory, to start a run of its own");
    const bool rounds = change.kind == ConfigChange::Kind::rounding;
    status.warn("going on from " + checkpoint + ": " + change.what +
                (rounds ? ": sums are rounded otherwise" : ""));
  }
}

void compare_bases(const std::optional<BaseRecord>& then, const BaseRecord* now,
                   const std::string& key, const std::string& checkpoint) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ExitCode::usage, checkpoint + ": cannot go on: " + why,
                "set " + key + " as it was, or --out for another directory");
  };
  if (then && now == nullptr) refuse("it began with a " + key + ", " + then->name);
  if (!then && now != nullptr) refuse("it began without a " + key + ", not with " + now->name);
  if (then && then->digest != now->digest)
    refuse("the " + key + " " + now->name + " is not the one it began with");
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
  compare_bases(state.base, base ? &base->model.record : nullptr, "model.base",
                checkpoint.string());
  compare_bases(state.adapter, base && base->adapter ? &base->adapter->record : nullptr,
                "model.adapter", checkpoint.string());
  if (config.minutes > 0) config.steps = state.steps;
  require_same_run(OrderedJson::parse(state.config), config.to_json(), checkpoint.string(), status);
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
