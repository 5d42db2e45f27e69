// SPDX-License-Identifier: Apache-2.0
#include "sign/model_files.hpp"

#include "base/encoding.hpp"
#include "base/fd.hpp"
#include "base/thread_pool.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <numeric>
#include <system_error>

namespace aiops::sign {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxEntries = 200'000;
constexpr std::size_t kBlock = 1 << 20;
// Stands for a file that was not hashed, because it must not count as equal to anything.
const std::string kNoDigest = "sha256:" + std::string(64, '0');

Fd open_at(int directory, const char* name, int flags, const fs::path& what) {
  const int fd = ::openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) throw system_error(what.string(), errno);
  return Fd(fd);
}

// Opens a file below `root` part by part, so that no link on the way leads out of the model, even
// one that was put there after the listing.
Fd open_beneath(const fs::path& root, const std::string& name) {
  const fs::path whole = root / name;
  Fd directory = open_file(root, O_RDONLY | O_DIRECTORY);
  std::size_t begin = 0;
  for (std::size_t slash; (slash = name.find('/', begin)) != std::string::npos; begin = slash + 1)
    directory = open_at(directory.get(), name.substr(begin, slash - begin).c_str(),
                        O_RDONLY | O_DIRECTORY, whole);
  return open_at(directory.get(), name.substr(begin).c_str(), O_RDONLY, whole);
}

Digest hash_file(const Fd& file, const fs::path& what, pack::DigestMemory& known, Task& task,
                 const StopFlag& stop) {
  const auto before = pack::FileState::of(file.get(), what);
  if (const auto digest = known.find(before)) {
    task.advance(before.size);
    return *digest;
  }
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  std::vector<std::byte> block(kBlock);
  Hasher hasher;
  for (;;) {
    stop.check();
    const std::size_t n = read_fully(file.get(), block, what);
    hasher.update(std::span(block.data(), n));
    task.advance(n);
    if (n < block.size()) break;
  }
  const auto after = pack::FileState::of(file.get(), what);
  if (before.size != after.size || before.modified != after.modified)
    throw Error(ExitCode::failed, what.string() + ": changed while it was being hashed",
                "run the command again when nobody writes to the model");
  Digest digest = hasher.finish();
  if (after.is_same(before)) known.note(before, digest);
  return digest;
}

void add_entry(const fs::directory_entry& entry, const std::string& name, Listing& listing) {
  std::error_code error;
  const auto type = entry.symlink_status(error).type();
  if (type == fs::file_type::directory) return;
  if (type == fs::file_type::regular && is_canonical_name(name))
    listing.files.push_back({name, entry.file_size(error)});
  else
    listing.odd.push_back(name);
}

}  // namespace

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

const std::set<std::string>& git_paths() {
  static const std::set<std::string> paths = {".git", ".gitattributes", ".github", ".gitignore"};
  return paths;
}

Listing list_files(const fs::path& directory, const std::set<std::string>& ignore) {
  Listing listing;
  std::error_code error;
  if (is_file(directory)) {
    listing.files.push_back({directory.filename().string(), fs::file_size(directory, error)});
    return listing;
  }
  fs::recursive_directory_iterator at(directory, error);  // follows no links to directories
  if (error) throw system_error(directory.string(), error.value());
  for (std::size_t count = 0; at != fs::recursive_directory_iterator(); ++count) {
    if (count == kMaxEntries)
      throw Error(ExitCode::failed,
                  directory.string() + ": more than " + std::to_string(kMaxEntries) + " entries");
    const std::string name = at->path().lexically_relative(directory).generic_string();
    if (ignore.contains(name)) {
      at.disable_recursion_pending();
      listing.ignored.push_back(name);
    } else {
      add_entry(*at, name, listing);
    }
    at.increment(error);
    if (error) throw system_error(directory.string(), error.value());
  }
  const auto by_name = [](const ModelFile& a, const ModelFile& b) { return a.name < b.name; };
  std::sort(listing.files.begin(), listing.files.end(), by_name);
  std::sort(listing.odd.begin(), listing.odd.end());
  std::sort(listing.ignored.begin(), listing.ignored.end());
  return listing;
}

std::vector<Resource> hash_files(const fs::path& directory, const std::vector<ModelFile>& files,
                                 pack::DigestMemory& known, Status& status, const StopFlag& stop) {
  const bool single = is_file(directory);
  std::vector<Resource> resources;
  std::uint64_t total = 0;
  for (const ModelFile& file : files) {
    resources.push_back({file.name, Digest::parse(kNoDigest)});
    total += file.size;
  }
  // The largest first: a thread that starts the largest file last would finish long after the rest.
  std::vector<std::size_t> order(files.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return files[a].size > files[b].size; });
  Task task(status, "hashing", total);
  ThreadPool pool;
  pool.run(order.size(), [&](std::size_t i) {
    Resource& resource = resources[order[i]];
    const fs::path path = single ? directory : directory / resource.name;
    const Fd file = single ? open_file(path, O_RDONLY) : open_beneath(directory, resource.name);
    resource.digest = hash_file(file, path, known, task, stop);
  });
  return resources;
}

std::vector<Difference> compare_files(const fs::path& directory, const Listing& listing,
                                      const OmsStatement& oms, Status& status,
                                      const StopFlag& stop) {
  std::vector<Resource> listed = oms.resources;
  // model-signing's "." is the one file that was signed, whatever it is called now.
  if (listed.size() == 1 && listed[0].name == "." && listing.files.size() == 1)
    listed[0].name = listing.files[0].name;
  std::set<std::string_view> names;
  for (const Resource& resource : listed) names.insert(resource.name);

  std::vector<ModelFile> signed_files;
  std::vector<Resource> found;
  for (const ModelFile& file : listing.files) {
    if (names.contains(file.name))
      signed_files.push_back(file);
    else
      found.push_back({file.name, Digest::parse(kNoDigest)});
  }
  for (const std::string& name : listing.odd) found.push_back({name, Digest::parse(kNoDigest)});
  pack::DigestMemory none;
  for (Resource& resource : hash_files(directory, signed_files, none, status, stop))
    found.push_back(std::move(resource));
  return differences(listed, found);
}

}  // namespace aiops::sign
