// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/generation/generator.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace aiops::train {

// What a classifier makes of texts that are not empty: `hear` gets the outputs of its head for one
// after another. `length` is how many tokens of each it reads; 0: as many as its context. Returns
// of how many texts only the beginning was read. Special tokens spelt in the texts are text, as
// they are in training. Throws Error{usage} when length is more than the context.
std::size_t predict(LoadedModel& loaded, std::span<const std::string_view> texts,
                    std::int64_t length, ThreadPool& threads, Status& status, const StopFlag& stop,
                    const std::function<void(std::span<const float>)>& hear);

// The shares of labels that logits stand for; their sum is 1.
std::vector<double> probabilities_of(std::span<const float> logits);

}  // namespace aiops::train
