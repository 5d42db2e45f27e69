// SPDX-License-Identifier: Apache-2.0
// Text: every token is learnt, in a stream or in documents that do not see each other.
#include "train/chat/format.hpp"
#include "train/data/windows.hpp"
#include "train/tasks/task_data.hpp"

namespace aiops::train {
namespace {

class LanguageTask final : public TaskData {
 public:
  explicit LanguageTask(const TaskSource& from) : TaskData(from) {}

  std::vector<std::string_view> texts() override {
    return {corpus().documents().begin(), corpus().documents().end()};
  }

  void settle(TrainConfig& config, const std::optional<BaseModel>& base, const Tokenizer&,
              ModelConfig& model) override {
    require_language_model(config, model);
    if (base) keep_chat_template(config, *base);
  }

  void write_tokens(const std::filesystem::path& file, const Tokenizer& tokenizer,
                    const ModelConfig& model, ThreadPool& threads) override {
    const auto end = static_cast<std::int32_t>(model.eos_token_id);
    const Surroundings around{.before = {&end, 1}, .after = {}, .last = end};
    write_token_cache(file, corpus().documents(), tokenizer, around, threads, from_.status,
                      from_.stop);
  }

  std::unique_ptr<const Batches> rows(std::shared_ptr<const TokenCache> cache) override {
    const TrainConfig& config = from_.config;
    const auto tokens = cache->tokens();
    if (config.packing == Packing::stream)
      return std::make_unique<Windows>(tokens, config.length, config.validation, config.seed,
                                       std::move(cache));
    const auto starts = cache->starts();
    auto rows = std::make_unique<PackedDocuments>(tokens, starts, config.length, TooLong::part,
                                                  config.validation, config.seed, std::move(cache));
    tell_filling(*rows, starts.size() - 1, "documents", from_.status);
    return rows;
  }

 private:
  const Corpus& corpus() {
    if (!corpus_) corpus_.emplace(from_.files, from_.config.data, from_.status, from_.stop);
    return *corpus_;
  }

  std::optional<Corpus> corpus_;  // read only when something needs its text
};

}  // namespace

std::unique_ptr<TaskData> open_language_task(const TaskSource& from) {
  return std::make_unique<LanguageTask>(from);
}

}  // namespace aiops::train
