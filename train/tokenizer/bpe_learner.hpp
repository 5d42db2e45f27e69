// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "train/tokenizer/word_counts.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace aiops::train {

// One learnt merge: the bytes of its two tokens.
struct LearntMerge {
  std::string left;
  std::string right;
};

// Learns up to as many merges as make `new_tokens` new tokens, the most frequent pair first; ties
// go to the pair with the lower ids, which bytes have in the order of their letters
// (byte_alphabet.hpp) and merges in the order in which they were learnt: the order of the
// tokenizers package. Ends early when no pair occurs twice. Throws Error{failed} when the words
// together have 4 GiB.
std::vector<LearntMerge> learn_merges(std::span<const WordCount> words, std::int64_t new_tokens,
                                      Status& status, const StopFlag& stop);

}  // namespace aiops::train
