// SPDX-License-Identifier: Apache-2.0
#include "train/data/batch_source.hpp"

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/units.hpp"
#include "train/data/packed_documents.hpp"
#include "train/data/token_cache.hpp"
#include "train/data/windows.hpp"

#include <fmt/format.h>

namespace aiops::train {
namespace {

// The cache is found by what its tokens are made of.
std::filesystem::path cache_path(const BatchSource& source) {
  std::string parts = source.data_digest + "\n" + std::to_string(source.model.eos_token_id) + "\n";
  if (source.chat)
    parts += "chat " + std::to_string(static_cast<int>(source.config.chat.learn)) + "\n" +
             source.chat->variables.bos + "\n" + source.chat->variables.eos + "\n" +
             source.chat->chat.text() + "\n";
  const Digest key = sha256_of(parts + source.tokenizer.to_json());
  return source.config.out / "cache" / (std::string(key.hex()) + ".tokens");
}

void write_cache(const std::filesystem::path& path, const BatchSource& source,
                 const std::function<const Corpus&()>& corpus, ThreadPool& threads, Status& status,
                 const StopFlag& stop) {
  make_directories(path.parent_path());
  if (source.chat)
    write_chat_cache(path, Conversations(source.files, status, stop), *source.chat,
                     source.config.chat.learn, source.tokenizer, threads, status, stop);
  else
    write_token_cache(path, corpus().documents(), source.tokenizer,
                      static_cast<std::int32_t>(source.model.eos_token_id), threads, status, stop);
}

std::unique_ptr<const Batches> rows_of(const std::shared_ptr<const TokenCache>& cache,
                                       const TrainConfig& config, Status& status) {
  if (config.packing == Packing::stream)
    return std::make_unique<Windows>(cache->tokens(), config.length, config.validation, config.seed,
                                     cache);
  const bool chats = config.task == TaskKind::chat;
  const TooLong too_long = chats ? config.chat.too_long : TooLong::part;
  const std::size_t all = cache->starts().size() - 1;
  auto rows = std::make_unique<PackedDocuments>(cache->tokens(), cache->starts(), config.length,
                                                too_long, config.validation, config.seed, cache);
  if (chats && rows->too_long() > 0)
    status.warn(fmt::format("{} of {} conversations are longer than a row of {} tokens and are {}",
                            rows->too_long(), all, config.length,
                            too_long == TooLong::cut ? "cut" : "skipped"));
  status.step(fmt::format("{} {} fill {:.1f} % of {} rows", all,
                          chats ? "conversations" : "documents", 100 * rows->filled(),
                          rows->rows()));
  return rows;
}

}  // namespace

std::unique_ptr<const Batches> make_batches(const BatchSource& source,
                                            const std::function<const Corpus&()>& corpus,
                                            ThreadPool& threads, Status& status,
                                            const StopFlag& stop) {
  const auto path = cache_path(source);
  if (!TokenCache::exists(path)) write_cache(path, source, corpus, threads, status, stop);
  const auto cache = std::make_shared<const TokenCache>(path);
  auto rows = rows_of(cache, source.config, status);
  status.step(fmt::format("{} of text in {} {}, {} tokens, {} {} to train on, {} to validate",
                          format_bytes(total_bytes(source.files)), source.files.size(),
                          source.files.size() == 1 ? "file" : "files",
                          format_count(cache->tokens().size()), rows->training(), rows->noun(),
                          rows->validation()));
  return rows;
}

}  // namespace aiops::train
