// SPDX-License-Identifier: Apache-2.0
#include "train/available_memory.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

// The number after `key` at the start of a line; the file's first number when there is no key.
// Nothing when there is none ("max").
std::optional<std::uint64_t> number_in(const fs::path& path, const std::string& key = {}) {
  std::ifstream file(path);
  std::string word;
  while (!key.empty() && file >> word && word != key) {
  }
  std::uint64_t number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

// "0::/user.slice/…" names the group below the unified hierarchy.
std::string own_group(const fs::path& proc) {
  std::ifstream file(proc / "self/cgroup");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("0::/")) return line.substr(4);
  return {};
}

// What a group leaves of its limit. Pages of files that nobody uses are as good as free.
std::uint64_t left_by(const fs::path& group) {
  const auto limit = number_in(group / "memory.max");
  if (!limit) return std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t used = number_in(group / "memory.current").value_or(0);
  const std::uint64_t files = number_in(group / "memory.stat", "inactive_file").value_or(0);
  return *limit - std::min(*limit, used - std::min(used, files));
}

}  // namespace

std::optional<std::uint64_t> resident_memory(const fs::path& proc) {
  const auto kibibytes = number_in(proc / "self/status", "VmRSS:");
  return kibibytes ? std::optional(*kibibytes * 1024) : std::nullopt;
}

std::optional<std::uint64_t> available_memory(const fs::path& proc, const fs::path& cgroups) {
  const auto kibibytes = number_in(proc / "meminfo", "MemAvailable:");
  if (!kibibytes) return std::nullopt;
  std::uint64_t least = *kibibytes * 1024;
  // Every group up to the root may have a limit.
  fs::path group = cgroups;
  least = std::min(least, left_by(group));
  for (const fs::path& part : fs::path(own_group(proc))) {
    if (part == "..") break;  // outside of this container's view
    group /= part;
    least = std::min(least, left_by(group));
  }
  return least;
}

}  // namespace aiops::train
