// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/tokenizer/splitter.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiops::train {

// A piece of text and how often it occurs. The text lives in the corpus.
struct WordCount {
  std::string_view word;
  std::int64_t count;
};

// Counts the pieces of the texts (see splitter.hpp), in parallel; sorted by word. Pieces over
// 1 KiB are left out: a merge would walk them whole each time, and they teach nothing.
std::vector<WordCount> count_words(std::span<const std::string_view> texts, Splitter splitter,
                                   ThreadPool& threads, const StopFlag& stop);

// One learnt merge: the bytes of its two tokens.
struct LearntMerge {
  std::string left;
  std::string right;
};

// Learns up to as many merges as make `new_tokens` new tokens, the most frequent pair first; ties
// go to the pair that comes first in (left bytes, right bytes) order. Ends early when no pair
// occurs twice.
std::vector<LearntMerge> learn_merges(std::span<const WordCount> words, std::int64_t new_tokens,
                                      Status& status, const StopFlag& stop);

}  // namespace aiops::train
