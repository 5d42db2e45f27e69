// SPDX-License-Identifier: Apache-2.0
// Conversations: what the assistant says is learnt (train/chat/).
#include "train/chat/format.hpp"
#include "train/tasks/task_data.hpp"

namespace aiops::train {
namespace {

class ChatTask final : public TaskData {
 public:
  explicit ChatTask(const TaskSource& from) : TaskData(from) {}

  std::vector<std::string> special_tokens() const override { return chatml_tokens(); }

  std::vector<std::string_view> texts() override {
    said_ = texts_of(Conversations(from_.files, from_.status, from_.stop));
    return {said_.begin(), said_.end()};
  }

  void settle(TrainConfig& config, const std::optional<BaseModel>& base, const Tokenizer& tokenizer,
              ModelConfig& model) override {
    require_language_model(config, model);
    format_ = settle_chat_format(config, base, tokenizer, model, from_.status);
  }

  std::string key() const override {
    return "chat " + std::to_string(static_cast<int>(from_.config.chat.learn)) + "\n" +
           format_->variables.bos + "\n" + format_->variables.eos + "\n" + format_->chat.text() +
           "\n";
  }

  void write_tokens(const std::filesystem::path& file, const Tokenizer& tokenizer,
                    const ModelConfig&, ThreadPool& threads) override {
    write_chat_cache(file, Conversations(from_.files, from_.status, from_.stop), *format_,
                     from_.config.chat.learn, tokenizer, threads, from_.status, from_.stop);
  }

  std::unique_ptr<const Batches> rows(std::shared_ptr<const TokenCache> cache) override {
    const TrainConfig& config = from_.config;
    const auto tokens = cache->tokens();
    const auto starts = cache->starts();
    const std::size_t all = starts.size() - 1;
    auto rows =
        std::make_unique<PackedDocuments>(tokens, starts, config.length, config.chat.too_long,
                                          config.validation, config.seed, std::move(cache));
    warn_of_long(*rows, all, "conversations", config.chat.too_long, from_);
    tell_filling(*rows, all, "conversations", from_.status);
    return rows;
  }

 private:
  std::vector<std::string> said_;
  std::optional<ChatFormat> format_;
};

}  // namespace

std::unique_ptr<TaskData> open_chat_task(const TaskSource& from) {
  return std::make_unique<ChatTask>(from);
}

}  // namespace aiops::train
