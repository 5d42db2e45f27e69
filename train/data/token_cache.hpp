// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/file.hpp"
#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace aiops::train {

// The tokens of the data, mapped from two files: X.tokens, little-endian int32, where the
// complement
// (~id) of an id stands for a token that is not to be learnt; and X.starts, little-endian uint64,
// the index of each document's first token and, last, that of the token that ends the data.
class TokenCache {
 public:
  explicit TokenCache(const std::filesystem::path& tokens);
  static bool exists(const std::filesystem::path& tokens);

  // Whether the two files go together: the documents follow each other from the first token to the
  // last. All that was cut, or left of another cache, is found; ids are not looked at.
  bool is_whole() const;

  std::span<const std::int32_t> tokens() const;
  std::span<const std::uint64_t> starts() const;

 private:
  MappedFile tokens_;
  MappedFile starts_;
};

// Writes a cache as its tokens come; both files appear whole, or neither is found by exists().
class TokenCacheWriter {
 public:
  explicit TokenCacheWriter(const std::filesystem::path& tokens);

  void begin_document() { starts_.push_back(written_); }
  void append(std::span<const std::int32_t> tokens);
  // `last` follows the last document.
  void commit(std::int32_t last);

 private:
  std::filesystem::path path_;
  TempFile out_;
  std::uint64_t written_ = 0;
  std::vector<std::uint64_t> starts_;
};

// The tokens around each document's own, and the one that ends the data.
struct Surroundings {
  std::span<const std::int32_t> before, after;
  std::int32_t last = 0;
};

// Tokenises the documents on all threads. Special tokens written in the text are text. The bytes
// are the same for any number of threads.
void write_token_cache(const std::filesystem::path& file,
                       std::span<const std::string_view> documents, const Tokenizer& tokenizer,
                       const Surroundings& around, ThreadPool& threads, Status& status,
                       const StopFlag& stop);

}  // namespace aiops::train
