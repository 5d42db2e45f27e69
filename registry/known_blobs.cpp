// SPDX-License-Identifier: Apache-2.0
// One line a sighting, `DIGEST REPOSITORY`, appended by single writes so that processes need no
// lock. A file that has grown over its bound keeps its newer half.
#include "registry/known_blobs.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>

namespace aiops::registry {
namespace {

constexpr std::size_t kMostBytes = 512 << 10;  // about 5000 sightings
constexpr std::size_t kMostHolders = 3;        // of one blob

void add(std::vector<std::string>& holders, std::string repository) {
  std::erase(holders, repository);
  holders.push_back(std::move(repository));
  if (holders.size() > kMostHolders) holders.erase(holders.begin());
}

}  // namespace

void KnownBlobs::load() {
  if (loaded_) return;
  loaded_ = true;
  if (file_.empty()) return;
  std::string text;
  try {
    text = read_file(file_, 4 * kMostBytes);
  } catch (const Error& error) {
    if (error.code == ExitCode::failed) ::unlink(file_.c_str());  // not what we wrote
    return;
  }
  if (text.size() > kMostBytes) {
    text.erase(0, text.find('\n', text.size() - kMostBytes / 2) + 1);
    // Lines that others append meanwhile are lost: that costs an upload.
    try_replace_file(file_, text);
  }
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos;
       at = end + 1) {
    const auto line = std::string_view(text).substr(at, end - at);
    const auto space = line.find(' ');
    if (space == std::string_view::npos || !Digest::is_valid(line.substr(0, space))) continue;
    add(holders_[std::string(line.substr(0, space))], std::string(line.substr(space + 1)));
  }
}

void KnownBlobs::note(const Digest& digest, const std::string& repository) {
  const std::lock_guard lock(mutex_);
  load();
  auto& holders = holders_[digest.str()];
  if (std::ranges::find(holders, repository) != holders.end()) return;
  add(holders, repository);
  if (file_.empty()) return;
  try {
    make_directories(file_.parent_path());
    const Fd fd = open_file(file_, O_WRONLY | O_CREAT | O_APPEND, 0600);
    const std::string line = digest.str() + " " + repository + "\n";
    write_fully(fd.get(), std::as_bytes(std::span(line)), file_);
  } catch (const Error&) {  // no place to remember: an upload more, some day
  }
}

std::optional<std::string> KnownBlobs::elsewhere(const Digest& digest,
                                                 const std::string& repository) {
  const std::lock_guard lock(mutex_);
  load();
  const auto found = holders_.find(digest.str());
  if (found == holders_.end()) return std::nullopt;
  const auto& holders = found->second;
  const auto usable = std::find_if(holders.rbegin(), holders.rend(), [&](const auto& holder) {
    return holder != repository && std::ranges::find(distrusted_, holder) == distrusted_.end();
  });
  return usable == holders.rend() ? std::nullopt : std::optional(*usable);
}

void KnownBlobs::distrust(const std::string& repository) {
  const std::lock_guard lock(mutex_);
  distrusted_.push_back(repository);
}

}  // namespace aiops::registry
