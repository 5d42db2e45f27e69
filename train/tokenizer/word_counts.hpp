// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/tokenizer/splitter.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace aiops::train {

// A piece of text and how often it occurs.
struct WordCount {
  std::string_view word;
  std::int64_t count;
};

// The different pieces (see splitter.hpp) of texts that come one after the other. Each is kept once
// and as a copy, so the texts may go.
class WordCounts {
 public:
  explicit WordCounts(Splitter splitter);
  ~WordCounts();
  WordCounts(WordCounts&&) noexcept;

  Splitter splitter() const { return splitter_; }
  // Counts the pieces of more texts, in parallel.
  void add(std::span<const std::string_view> texts, ThreadPool& threads, const StopFlag& stop);
  // In no particular order; the words live in this object.
  std::span<const WordCount> all() const;

 private:
  class Table;
  Splitter splitter_;
  std::unique_ptr<Table> total_;
};

}  // namespace aiops::train
