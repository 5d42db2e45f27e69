// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/chat/tokens.hpp"
#include "train/config/config.hpp"
#include "train/data/batches.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiops::train {

// What the rows of a run follow from.
struct BatchSource {
  const TrainConfig& config;
  const std::vector<DataFile>& files;
  const std::string& data_digest;
  const Tokenizer& tokenizer;
  const ModelConfig& model;
  const std::optional<ChatFormat>& chat;  // for conversations
};

// Tokenises the data, unless OUT/cache holds it as tokens, and makes rows of it as the
// configuration says; tells how many. `corpus` is called when the text is needed.
std::unique_ptr<const Batches> make_batches(const BatchSource& source,
                                            const std::function<const Corpus&()>& corpus,
                                            ThreadPool& threads, Status& status,
                                            const StopFlag& stop);

}  // namespace aiops::train
