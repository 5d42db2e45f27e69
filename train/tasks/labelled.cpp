// SPDX-License-Identifier: Apache-2.0
// Texts with a label, or with numbers. Each is a document of what the tokenizer makes of it, as
// transformers' tokenizers do, and is judged at its last token.
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "train/data/labels.hpp"
#include "train/data/packed_examples.hpp"
#include "train/tasks/task_data.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::size_t kTold = 8;  // labels in a line

class LabelledTask final : public TaskData {
 public:
  explicit LabelledTask(const TaskSource& from)
      : TaskData(from), kind_(head_of(from.config.task)) {}

  std::vector<std::string_view> texts() override { return examples().documents(); }

  void settle(TrainConfig& config, const std::optional<BaseModel>& base, const Tokenizer& tokenizer,
              ModelConfig& model) override {
    const ModelHead stored = std::exchange(model.head, {});
    model.head = {kind_, labels_of(stored)};
    model.pad_token_id = padding(tokenizer, model);
    config.labels.names = model.head.labels;
    if (kind_ == HeadKind::classification)
      settle_labels(model.head.labels);
    else
      settle_values();
    model.head.check();
    if (base && !stored.is_language()) tell_of_head(stored == model.head);
  }

  std::string key() const override { return "labelled\n"; }

  void write_tokens(const std::filesystem::path& file, const Tokenizer& tokenizer,
                    const ModelConfig&, ThreadPool& threads) override {
    const Surroundings around{.before = tokenizer.before(), .after = tokenizer.after(), .last = 0};
    write_token_cache(file, examples().documents(), tokenizer, around, threads, from_.status,
                      from_.stop);
  }

  std::unique_ptr<const Batches> rows(std::shared_ptr<const TokenCache> cache) override {
    const TrainConfig& config = from_.config;
    const auto tokens = cache->tokens();
    const auto starts = cache->starts();
    const std::size_t all = starts.size() - 1;
    if (all != examples().size())
      throw Error(ExitCode::failed, (config.out / "cache").string() + ": is not of this data",
                  "remove it: it is made again");
    auto rows = std::make_unique<PackedExamples>(tokens, starts, std::move(targets_), config.length,
                                                 config.labels.too_long, config.validation,
                                                 config.seed, std::move(cache));
    warn_of_long(*rows, all, "examples", config.labels.too_long, from_);
    tell_filling(*rows, all, "examples", from_.status);
    return rows;
  }

 private:
  const Examples& examples() {
    if (!examples_)
      examples_.emplace(from_.files, from_.config.data, kind_, from_.status, from_.stop);
    return *examples_;
  }

  // Those that the configuration names, else those of a base that knows all that the data says,
  // else the data's own.
  std::vector<std::string> labels_of(const ModelHead& stored) {
    const auto& given = from_.config.labels.names;
    if (kind_ == HeadKind::regression) return names_of_targets(given, stored);
    if (!given.empty()) return given;
    const LabelIndex known(stored.labels);
    const auto is_known = [&](const Examples::Word& word) { return known.find(word.label) >= 0; };
    if (stored.kind == kind_ && std::ranges::all_of(examples().words(), is_known))
      return stored.labels;
    return labels_in(examples());
  }

  std::vector<std::string> names_of_targets(const std::vector<std::string>& given,
                                            const ModelHead& stored) {
    const std::size_t targets = examples().targets();
    if (!given.empty() && given.size() != targets)
      throw Error(ExitCode::usage, fmt::format("'labels' names {} numbers, the examples have {}",
                                               given.size(), targets));
    if (!given.empty()) return given;
    if (stored.kind == kind_ && stored.labels.size() == targets) return stored.labels;
    const auto& members = from_.config.data.labels;
    return members.size() == targets ? members : unnamed_labels(targets);
  }

  void settle_labels(const std::vector<std::string>& labels) {
    targets_.labels = label_ids(examples(), labels);
    std::vector<std::size_t> counts(labels.size());
    for (const std::int32_t id : targets_.labels) ++counts[static_cast<std::size_t>(id)];
    std::string told;
    std::size_t used = 0;
    for (std::size_t id = 0; id < labels.size(); ++id) {
      used += counts[id] > 0 ? 1 : 0;
      if (id < kTold) told += fmt::format(", {} {}", printable(labels[id]), counts[id]);
    }
    if (used < 2)
      throw Error(ExitCode::failed,
                  fmt::format("{}: all {} examples have the label '{}': there is nothing to tell "
                              "apart",
                              from_.files[0].path, examples().size(),
                              printable(examples().words()[0].label.text)));
    if (used < labels.size())
      from_.status.warn(
          fmt::format("{} of {} labels have no example", labels.size() - used, labels.size()));
    from_.status.step(fmt::format("{} examples of {} labels: {}{}", examples().size(),
                                  labels.size(), told.substr(2),
                                  labels.size() > kTold ? ", …" : ""));
  }

  void settle_values() {
    targets_.width = examples().targets();
    targets_.values.assign(examples().values().begin(), examples().values().end());
  }

  // A token that ends no text: transformers looks for the last one that is not the padding.
  static std::int64_t padding(const Tokenizer& tokenizer, const ModelConfig& model) {
    for (const std::int64_t token : {model.pad_token_id, model.eos_token_id, model.bos_token_id}) {
      const bool is_there = token >= 0 && token < model.vocab_size;
      if (is_there && std::ranges::find(tokenizer.after(), token) == tokenizer.after().end())
        return token;
    }
    return -1;
  }

  void tell_of_head(bool is_kept) const {
    const std::string& base = from_.config.base;
    if (is_kept)
      from_.status.step("the head of " + base + " is kept: its labels are these");
    else
      from_.status.warn("the labels are not those of " + base + ": its head is begun anew");
  }

  HeadKind kind_;
  std::optional<Examples> examples_;
  DocumentTargets targets_;
};

}  // namespace

std::unique_ptr<TaskData> open_labelled_task(const TaskSource& from) {
  return std::make_unique<LabelledTask>(from);
}

}  // namespace aiops::train
