// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/file.hpp"
#include "base/status.hpp"
#include "base/stop.hpp"
#include "base/thread_pool.hpp"
#include "train/tokenizer.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace aiops::train {

// The tokens of a corpus, mapped from a file: little-endian int32, an `end` token before each
// document and one after the last.
class TokenCache {
 public:
  explicit TokenCache(const std::filesystem::path& file) : file_(file) {}
  std::span<const std::int32_t> tokens() const;

 private:
  MappedFile file_;
};

// Tokenises the documents on all threads and writes the file atomically. Special tokens written in
// the text are text. The bytes are the same for any number of threads.
void write_token_cache(const std::filesystem::path& file,
                       std::span<const std::string_view> documents, const Tokenizer& tokenizer,
                       std::int32_t end, ThreadPool& threads, Status& status, const StopFlag& stop);

}  // namespace aiops::train
