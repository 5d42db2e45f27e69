// SPDX-License-Identifier: Apache-2.0
// What a task makes of its data: texts that a tokenizer is learnt from, documents of tokens, rows
// with targets; and what it makes of the model. Each task is a file here, and the order in which a
// run is prepared (preparation.cpp) is the same for all. What a target costs, the model's head says
// (train/model/losses.cpp), what is told of it train/prediction/tally.hpp.
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/config/config.hpp"
#include "train/data/packed_documents.hpp"
#include "train/data/token_cache.hpp"
#include "train/model/base_model.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// What a task is given; all of it outlives the task.
struct TaskSource {
  const TrainConfig& config;
  const std::vector<DataFile>& files;
  Status& status;
  const StopFlag& stop;
};

class TaskData {
 public:
  virtual ~TaskData() = default;
  TaskData(const TaskData&) = delete;
  TaskData& operator=(const TaskData&) = delete;

  // For a tokenizer that is learnt: the special tokens beside the one that ends documents, and the
  // texts, which live as long as this.
  virtual std::vector<std::string> special_tokens() const { return {}; }
  virtual std::vector<std::string_view> texts() = 0;
  // Settles what follows from the data, the base and the tokenizer, in `config` and `model`. Called
  // once, before what is below. Throws Error{usage} when the base is not one for this task.
  virtual void settle(TrainConfig& config, const std::optional<BaseModel>& base,
                      const Tokenizer& tokenizer, ModelConfig& model) = 0;
  // What the tokens follow from beside the data, the tokenizer and the token that ends documents.
  virtual std::string key() const { return {}; }
  // Writes the documents as tokens.
  virtual void write_tokens(const std::filesystem::path& file, const Tokenizer& tokenizer,
                            const ModelConfig& model, ThreadPool& threads) = 0;
  virtual std::unique_ptr<const Batches> rows(std::shared_ptr<const TokenCache> cache) = 0;

 protected:
  explicit TaskData(const TaskSource& from) : from_(from) {}

  const TaskSource from_;
};

// The data of the task that the configuration names; it is read when it is needed.
std::unique_ptr<TaskData> open_task(const TaskSource& from);

// One for each kind of task.
std::unique_ptr<TaskData> open_language_task(const TaskSource& from);
std::unique_ptr<TaskData> open_chat_task(const TaskSource& from);
std::unique_ptr<TaskData> open_labelled_task(const TaskSource& from);  // classification, regression

// Says how well documents fill their rows, and warns of those that are longer than one.
void tell_filling(const PackedDocuments& rows, std::size_t documents, std::string_view noun,
                  Status& status);
void warn_of_long(const PackedDocuments& rows, std::size_t documents, std::string_view noun,
                  TooLong too_long, const TaskSource& from);
// Throws Error{usage} when the base is a classifier.
void require_language_model(const TrainConfig& config, const ModelConfig& model);

}  // namespace aiops::train
