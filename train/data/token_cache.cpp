// SPDX-License-Identifier: Apache-2.0
#include "train/data/token_cache.hpp"

#include "train/tokenizer/splitter.hpp"

#include <algorithm>
#include <bit>

namespace aiops::train {
namespace {

static_assert(std::endian::native == std::endian::little, "the cache is mapped as it is");

constexpr std::size_t kChunk = 1 << 20;

namespace fs = std::filesystem;

fs::path starts_beside(const fs::path& tokens) {
  return fs::path(tokens).replace_extension(".starts");
}

// A stretch of one document, cut where cutting changes no piece.
struct Chunk {
  std::string_view text;
  bool first, last;  // of its document
};

std::vector<Chunk> chunks_of(std::span<const std::string_view> documents, bool may_cut) {
  std::vector<Chunk> chunks;
  for (const std::string_view text : documents) {
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end =
          may_cut && text.size() - begin > kChunk ? safe_cut(text, begin + kChunk) : text.size();
      chunks.push_back({text.substr(begin, end - begin), begin == 0, end == text.size()});
      begin = end;
    }
  }
  return chunks;
}

void append(std::span<const std::int32_t> tokens, std::vector<std::int32_t>& to) {
  to.insert(to.end(), tokens.begin(), tokens.end());
}

std::size_t text_bytes(std::span<const Chunk> chunks) {
  std::size_t bytes = 0;
  for (const Chunk& chunk : chunks) bytes += chunk.text.size();
  return bytes;
}

}  // namespace

TokenCache::TokenCache(const fs::path& tokens) : tokens_(tokens), starts_(starts_beside(tokens)) {}

bool TokenCache::exists(const fs::path& tokens) {
  std::error_code ignored;
  return fs::exists(tokens, ignored) && fs::exists(starts_beside(tokens), ignored);
}

bool TokenCache::is_whole() const {
  const auto begins = starts();
  return tokens_.bytes().size() % sizeof(std::int32_t) == 0 &&
         starts_.bytes().size() % sizeof(std::uint64_t) == 0 && !begins.empty() &&
         begins.front() == 0 && begins.back() + 1 == tokens().size() &&
         std::ranges::is_sorted(begins);
}

std::span<const std::int32_t> TokenCache::tokens() const {
  const auto bytes = tokens_.bytes();
  return {reinterpret_cast<const std::int32_t*>(bytes.data()), bytes.size() / 4};
}

std::span<const std::uint64_t> TokenCache::starts() const {
  const auto bytes = starts_.bytes();
  return {reinterpret_cast<const std::uint64_t*>(bytes.data()), bytes.size() / 8};
}

TokenCacheWriter::TokenCacheWriter(const fs::path& tokens)
    : path_(tokens), out_(tokens.parent_path()) {}

void TokenCacheWriter::append(std::span<const std::int32_t> tokens) {
  out_.write(std::as_bytes(tokens));
  written_ += tokens.size();
}

void TokenCacheWriter::commit(std::int32_t last) {
  begin_document();
  append(std::span(&last, 1));
  TempFile index(path_.parent_path());
  index.write(std::as_bytes(std::span(starts_)));
  index.commit(starts_beside(path_));
  out_.commit(path_);
}

void write_token_cache(const std::filesystem::path& file,
                       std::span<const std::string_view> documents, const Tokenizer& tokenizer,
                       const Surroundings& around, ThreadPool& threads, Status& status,
                       const StopFlag& stop) {
  const auto chunks = chunks_of(documents, tokenizer.allows_cuts());
  Task task(status, "tokenising", text_bytes(chunks));
  TokenCacheWriter out(file);
  // Lanes: each takes every n-th chunk of a wave and keeps its own memory of pieces. A wave is
  // written in the order of the chunks before the next begins, so memory stays bounded.
  const std::size_t lanes = threads.size();
  std::vector<Tokenizer::Encoder> encoders;
  for (std::size_t lane = 0; lane < lanes; ++lane)
    encoders.emplace_back(tokenizer, SpecialTokens::literal);
  const std::size_t wave = lanes * 64;
  std::vector<std::vector<std::int32_t>> encoded(std::min(wave, chunks.size()));
  for (std::size_t begin = 0; begin < chunks.size(); begin += wave) {
    stop.check();
    const auto now = std::span(chunks).subspan(begin, std::min(wave, chunks.size() - begin));
    threads.run(lanes, [&](std::size_t lane) {
      for (std::size_t i = lane; i < now.size(); i += lanes) {
        encoded[i].clear();
        if (now[i].first) append(around.before, encoded[i]);
        encoders[lane].encode(now[i].text, encoded[i]);
        if (now[i].last) append(around.after, encoded[i]);
      }
    });
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (now[i].first) out.begin_document();
      out.append(encoded[i]);
    }
    task.advance(text_bytes(now));
  }
  out.commit(around.last);
}

}  // namespace aiops::train
