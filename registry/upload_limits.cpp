// SPDX-License-Identifier: Apache-2.0
#include "registry/upload_limits.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>

namespace aiops::registry {
namespace {

constexpr std::time_t kLifetime = 30 * 24 * 3600;
// Less is a mistake of somebody's, and would make a request of every few bytes.
constexpr std::uint64_t kSmallest = 64 << 10;

std::uint64_t stated(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_unsigned()) return 0;
  const auto size = found->get<std::uint64_t>();
  return size == 0 ? 0 : std::max(size, kSmallest);
}

std::uint64_t lower(std::uint64_t known, std::uint64_t learned) {
  return known == 0 ? learned : std::min(known, learned);
}

}  // namespace

LearnedLimits::LearnedLimits(std::filesystem::path file, UploadLimits known)
    : file_(std::move(file)), limits_(known) {}

void LearnedLimits::load() {
  if (loaded_) return;
  loaded_ = true;
  struct stat status {};
  if (file_.empty() || ::stat(file_.c_str(), &status) != 0) return;
  if (::time(nullptr) - status.st_mtime > kLifetime) return;
  try {
    const Json json = parse_json(read_file(file_, 4096), file_.string(), {4096, 4});
    if (!json.is_object()) return;
    if (const auto size = stated(json, "whole_refused")) limits_.whole_refused = size;
    if (const auto size = stated(json, "piece")) limits_.piece = size;
    if (const auto size = stated(json, "patch_limit")) limits_.patch_limit = size;
  } catch (const Error&) {  // then it is learnt again
  }
}

void LearnedLimits::save() const {
  if (file_.empty()) return;
  const OrderedJson json = {{"whole_refused", limits_.whole_refused},
                            {"piece", limits_.piece},
                            {"patch_limit", limits_.patch_limit}};
  try {
    make_directories(file_.parent_path());
    write_file_atomically(file_, to_text(json) + "\n", 0600);
  } catch (const Error&) {  // then it is learnt again
  }
}

UploadLimits LearnedLimits::get() {
  const std::lock_guard lock(mutex_);
  load();
  return limits_;
}

void LearnedLimits::refused_whole(std::uint64_t size, std::uint64_t piece) {
  const std::lock_guard lock(mutex_);
  load();
  const auto least = lower(limits_.whole_refused, size);
  if (least == limits_.whole_refused && piece == limits_.piece) return;
  limits_.whole_refused = least;
  limits_.piece = piece;
  save();
}

void LearnedLimits::refused_patch(std::uint64_t limit) {
  const std::lock_guard lock(mutex_);
  load();
  const auto known = limits_.patch_limit;
  limits_.patch_limit = lower(known, std::max(limit, kSmallest));
  if (limits_.patch_limit != known) save();
}

}  // namespace aiops::registry
