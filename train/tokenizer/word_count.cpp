// SPDX-License-Identifier: Apache-2.0
#include "train/tokenizer/bpe_learner.hpp"
#include "train/tokenizer/splitter.hpp"

#include <algorithm>
#include <unordered_map>

namespace aiops::train {
namespace {

constexpr std::size_t kChunk = 1 << 20;
constexpr std::size_t kLongestWord = 1024;

using Counts = std::unordered_map<std::string_view, std::int64_t>;

// Cut where cutting changes no piece, so the counts do not depend on the chunks.
std::vector<std::string_view> chunks_of(std::span<const std::string_view> texts) {
  std::vector<std::string_view> chunks;
  for (const std::string_view text : texts) {
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end =
          text.size() - begin <= kChunk ? text.size() : safe_cut(text, begin + kChunk);
      chunks.push_back(text.substr(begin, end - begin));
      begin = end;
    }
  }
  return chunks;
}

void count(std::string_view chunk, Splitter splitter, Counts& counts) {
  for (std::size_t at = 0; at < chunk.size();) {
    const std::size_t end = piece_end(splitter, chunk, at);
    if (end - at <= kLongestWord) ++counts[chunk.substr(at, end - at)];
    at = end;
  }
}

}  // namespace

std::vector<WordCount> count_words(std::span<const std::string_view> texts, Splitter splitter,
                                   ThreadPool& threads, const StopFlag& stop) {
  const auto chunks = chunks_of(texts);
  // One map per thread's worth of chunks. Sums do not depend on who added what.
  const std::size_t pieces = std::min(chunks.size(), threads.size());
  std::vector<Counts> partial(pieces);
  threads.run(pieces, [&](std::size_t piece) {
    for (std::size_t i = piece; i < chunks.size(); i += pieces) {
      stop.check();
      count(chunks[i], splitter, partial[piece]);
    }
  });
  Counts total;
  for (Counts& counts : partial) {
    if (total.empty()) {
      total = std::move(counts);
      continue;
    }
    for (const auto& [word, times] : counts) total[word] += times;
    counts.clear();
  }
  std::vector<WordCount> words;
  words.reserve(total.size());
  for (const auto& [word, times] : total) words.push_back({word, times});
  std::sort(words.begin(), words.end(),
            [](const WordCount& a, const WordCount& b) { return a.word < b.word; });
  return words;
}

}  // namespace aiops::train
