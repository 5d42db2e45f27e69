// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/generation/generator.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace aiops::train {

struct Predictions {
  std::vector<float> outputs;  // of the head, for each text in its turn
  std::size_t cut = 0;         // texts of which only the beginning was read
};

// What a classifier makes of texts that are not empty. `length` is how many tokens of each it
// reads; 0: as many as its context. Special tokens spelt in the texts are text, as they are in
// training. Throws Error{usage} when length is more than the context.
Predictions predict(LoadedModel& loaded, std::span<const std::string_view> texts,
                    std::int64_t length, ThreadPool& threads, Status& status, const StopFlag& stop);

// The shares of labels that logits stand for; their sum is 1.
std::vector<double> probabilities_of(std::span<const float> logits);

}  // namespace aiops::train
