// SPDX-License-Identifier: Apache-2.0
#include "train/data/batch_source.hpp"

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/units.hpp"

#include <fmt/format.h>

namespace aiops::train {
namespace {

// The cache is found by what its tokens are made of.
std::filesystem::path cache_path(const BatchSource& source, const TaskData& task) {
  const Digest key =
      sha256_of(source.data_digest + "\n" + std::to_string(source.model.eos_token_id) + "\n" +
                task.key() + source.tokenizer.to_json());
  return source.config.out / "cache" / (std::string(key.hex()) + ".tokens");
}

// The cache that lies there; nothing when none does, or one that something has cut.
std::shared_ptr<const TokenCache> stored_cache(const std::filesystem::path& path, Status& status) {
  if (!TokenCache::exists(path)) return nullptr;
  auto cache = std::make_shared<const TokenCache>(path);
  if (cache->is_whole()) return cache;
  status.warn("passing over " + path.string() + ": it is damaged; the data is tokenised again");
  return nullptr;
}

}  // namespace

std::unique_ptr<const Batches> make_batches(const BatchSource& source, TaskData& task,
                                            ThreadPool& threads, Status& status) {
  const auto path = cache_path(source, task);
  auto cache = stored_cache(path, status);
  if (!cache) {
    make_directories(path.parent_path());
    task.write_tokens(path, source.tokenizer, source.model, threads);
    cache = std::make_shared<const TokenCache>(path);
  }
  auto rows = task.rows(cache);
  status.step(fmt::format("{} of text in {} {}, {} tokens, {} {} to train on, {} to validate",
                          format_bytes(total_bytes(source.files)), source.files.size(),
                          source.files.size() == 1 ? "file" : "files",
                          format_count(cache->tokens().size()), rows->training(), rows->noun(),
                          rows->validation()));
  return rows;
}

}  // namespace aiops::train
