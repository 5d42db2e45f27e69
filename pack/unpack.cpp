// SPDX-License-Identifier: Apache-2.0
#include "pack/unpack.hpp"

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "base/units.hpp"
#include "pack/extract.hpp"
#include "pack/job_slots.hpp"
#include "pack/paths.hpp"
#include "pack/staging.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>

namespace aiops::pack {
namespace {

class Filter {
 public:
  explicit Filter(const UnpackOptions& options) : options_(options) {}

  bool wants_kind(FileKind kind) const {
    return options_.only.empty() || options_.only.contains(kind);
  }
  bool wants(std::string_view path, FileKind kind) const {
    return wants_kind(kind) && !matches_any(options_.exclude, path) &&
           (options_.include.empty() || matches_any(options_.include, path));
  }
  // Whether the layer may hold anything wanted: what lies in a tar is known only by reading it.
  bool wants(const LayerPlan& plan) const {
    if (plan.content == LayerPlan::Content::tar) return plan.kind_by_entry || wants_kind(plan.kind);
    return wants(plan.path, plan.kind);
  }

 private:
  const UnpackOptions& options_;
};

// Plans whose files are the same blob, together: it is fetched once.
std::vector<std::vector<LayerPlan>> same_blobs(const std::vector<LayerPlan>& plans) {
  std::vector<std::vector<LayerPlan>> groups;
  std::map<Digest, std::size_t> place;
  for (const auto& plan : plans) {
    const bool file = plan.content == LayerPlan::Content::file;
    const auto found = file ? place.find(plan.layer.digest) : place.end();
    if (found != place.end()) {
      groups[found->second].push_back(plan);
      continue;
    }
    if (file) place.emplace(plan.layer.digest, groups.size());
    groups.push_back({plan});
  }
  return groups;
}

// The files of one run; several layers report to it at once.
class Collected {
 public:
  Collected(const Filter& filter, const Staging& staging) : filter_(filter), staging_(staging) {}

  bool accept(const std::string& path, FileKind kind) {
    if (!filter_.wants(path, kind)) return false;
    staging_.require_free(path);
    const std::lock_guard lock(mutex_);
    paths_.add(path, "unpack");
    files_.push_back(path);
    return true;
  }

  std::vector<std::string> take() {
    std::sort(files_.begin(), files_.end());
    return std::move(files_);
  }

 private:
  const Filter& filter_;
  const Staging& staging_;
  std::mutex mutex_;
  PathSet paths_;
  std::vector<std::string> files_;
};

// One layer after the other for each job; a job that finds none left may help another with its
// parts.
void extract_all(RebuiltFiles& from, const std::vector<LayerPlan>& plans,
                 const UnpackOptions& options, std::uint64_t bytes, Staging& staging,
                 Collected& collected, Status& status, const StopFlag& stop) {
  Task task(status, "Unpacking", bytes);
  const Extraction extraction{
      [&](const std::string& path, FileKind kind) { return collected.accept(path, kind); },
      [&](std::uint64_t n) {
        stop.check();
        task.advance(n);
      }};
  const auto groups = same_blobs(plans);
  const std::size_t jobs = std::max<std::size_t>(options.jobs, 1);
  ThreadPool pool(std::min(jobs, std::max<std::size_t>(groups.size(), 1)));
  const auto idle = std::make_shared<JobSlots>(jobs - pool.size());
  std::atomic<std::size_t> ended = 0;
  std::atomic<bool> failed = false;
  pool.run(groups.size(), [&](std::size_t i) {
    if (failed) return;
    try {
      Blob blob = from.blob(groups[i].front().layer);
      blob.idle_jobs = idle;
      extract_layer(blob, groups[i], staging, extraction);
      for (const auto& plan : groups[i])
        status.detail("unpacked " + plan.path + " " + plan.layer.digest.short_form());
    } catch (...) {
      failed = true;
      throw;
    }
    if (groups.size() - ++ended < pool.size()) idle->release();
  });
}

}  // namespace

UnpackResult unpack(Repository& from, const Document& root, const std::filesystem::path& directory,
                    const UnpackOptions& options, Status& status, const StopFlag& stop) {
  const Document document = model_manifest(from, root);
  const auto what = from.name() + " " + document.descriptor.digest.short_form();
  const Manifest manifest = Manifest::parse(document.bytes, what);
  Manifest files = manifest;
  files.layers = whole_layers(manifest, what);
  auto plans = plan_layers(files, what);
  const Filter filter(options);
  std::erase_if(plans, [&](const LayerPlan& plan) { return !filter.wants(plan); });
  Staging staging(directory, document.descriptor.digest, options.overwrite);
  RebuiltFiles source(from, manifest, what, options.local, staging.workplace(), stop);
  UnpackResult result;
  for (const auto& plan : plans) {  // before the first byte is asked for
    result.bytes += plan.layer.size;
    if (plan.content != LayerPlan::Content::tar) staging.require_free(plan.path);
  }
  Collected collected(filter, staging);
  try {
    extract_all(source, plans, options, result.bytes, staging, collected, status, stop);
  } catch (const Error& error) {
    // Nothing was wrong with what came so far: the next run goes on with it.
    if (error.code == ExitCode::unavailable || error.code == ExitCode::interrupted ||
        error.code == ExitCode::terminated)
      staging.keep();
    throw;
  }
  result.files = collected.take();
  if (result.files.empty())
    throw Error(ExitCode::not_found,
                what + " has no file that matches --only, --include and --exclude");
  staging.commit(result.files);
  return result;
}

}  // namespace aiops::pack
