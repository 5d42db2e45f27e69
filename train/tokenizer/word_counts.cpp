// SPDX-License-Identifier: Apache-2.0
// Texts are cut where cutting changes no piece, each thread counts its share of the stretches in a
// table of its own, and the tables are added: the sums depend neither on the cuts nor on who
// counted what.
#include "train/tokenizer/word_counts.hpp"

#include "train/tokenizer/families.hpp"
#include "train/tokenizer/piece_hash.hpp"
#include "train/unicode/nfc.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace aiops::train {
namespace {

constexpr std::size_t kStretch = 1 << 20;
constexpr std::size_t kBlock = 1 << 18;  // of the words' bytes

std::vector<std::string_view> stretches_of(std::span<const std::string_view> texts) {
  std::vector<std::string_view> stretches;
  for (const std::string_view text : texts) {
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end =
          text.size() - begin <= kStretch ? text.size() : safe_cut(text, begin + kStretch);
      stretches.push_back(text.substr(begin, end - begin));
      begin = end;
    }
  }
  return stretches;
}

}  // namespace

// Open addressing at most half full; a slot is the hash's upper half and the number of a word.
class WordCounts::Table {
 public:
  Table() { grow(1 << 12); }

  void add(std::string_view word, std::int64_t times) {
    const std::uint64_t hash = piece_hash(word);
    std::size_t at = hash & mask_;
    for (; slots_[at] != kFree; at = (at + 1) & mask_) {
      if ((slots_[at] ^ hash) >> 32 != 0) continue;
      WordCount& known = words_[slots_[at] & kNumber];
      if (known.word == word) {
        known.count += times;
        return;
      }
    }
    slots_[at] = (hash & ~kNumber) | words_.size();
    words_.push_back({keep(word), times});
    if (2 * words_.size() > slots_.size()) grow(2 * slots_.size());
  }

  void add_all(const Table& other) {
    for (const auto& [word, times] : other.words_) add(word, times);
  }

  const std::vector<WordCount>& words() const { return words_; }

 private:
  static constexpr std::uint64_t kNumber = 0xFFFFFFFF;
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};

  void grow(std::size_t size) {
    slots_.assign(size, kFree);
    mask_ = size - 1;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::uint64_t hash = piece_hash(words_[i].word);
      std::size_t at = hash & mask_;
      while (slots_[at] != kFree) at = (at + 1) & mask_;
      slots_[at] = (hash & ~kNumber) | i;
    }
  }

  std::string_view keep(std::string_view word) {
    if (word.size() > left_) {
      left_ = std::max(kBlock, word.size());
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
      end_ = blocks_.back().get();
    }
    std::memcpy(end_, word.data(), word.size());
    const std::string_view kept(end_, word.size());
    end_ += word.size();
    left_ -= word.size();
    return kept;
  }

  std::vector<std::uint64_t> slots_;
  std::size_t mask_ = 0;
  std::vector<WordCount> words_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* end_ = nullptr;  // of what the last block holds
  std::size_t left_ = 0;
};

WordCounts::WordCounts(Splitter splitter)
    : splitter_(splitter), total_(std::make_unique<Table>()) {}
WordCounts::~WordCounts() = default;
WordCounts::WordCounts(WordCounts&&) noexcept = default;

void WordCounts::add(std::span<const std::string_view> texts, ThreadPool& threads,
                     const StopFlag& stop) {
  const auto stretches = stretches_of(texts);
  const bool normalises = family_of(splitter_).nfc;
  const auto count = [&](std::string_view stretch, Table& table) {
    std::string normalised;
    if (normalises && !unicode::is_surely_nfc(stretch))
      stretch = normalised = unicode::to_nfc(stretch);
    for (std::size_t at = 0; at < stretch.size();) {
      const std::size_t end = piece_end(splitter_, stretch, at);
      table.add(stretch.substr(at, end - at), 1);
      at = end;
    }
  };
  const std::size_t shares = std::min(stretches.size(), threads.size());
  std::vector<Table> partial(shares > 1 ? shares - 1 : 0);  // the first adds to the total
  threads.run(shares, [&](std::size_t share) {
    for (std::size_t i = share; i < stretches.size(); i += shares) {
      stop.check();
      count(stretches[i], share == 0 ? *total_ : partial[share - 1]);
    }
  });
  for (Table& table : partial) {
    total_->add_all(table);
    table = Table();
  }
}

std::span<const WordCount> WordCounts::all() const { return total_->words(); }

}  // namespace aiops::train
