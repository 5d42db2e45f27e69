// SPDX-License-Identifier: Apache-2.0
#include "pack/maintenance.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/thread_pool.hpp"
#include "pack/directory_layout.hpp"
#include "pack/ingest.hpp"
#include "pack/reachable.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <set>

namespace aiops::pack {
namespace {

namespace fs = std::filesystem;

// The digest that a file below blobs/ claims to be, if its name is one.
std::optional<Digest> digest_of(const fs::path& file) {
  const auto text = file.parent_path().filename().string() + ":" + file.filename().string();
  if (!Digest::is_valid(text)) return std::nullopt;
  return Digest::parse(text);
}

void for_each_file(const fs::path& directory, const std::function<void(const fs::path&)>& visit) {
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error))
    if (it->is_regular_file(error)) visit(it->path());
  if (error && error != std::errc::no_such_file_or_directory)
    throw system_error(directory.string(), error.value());
}

std::uint64_t disk_bytes(const fs::path& file) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) return 0;
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

// Directories that killed processes worked in (pack/workplace.hpp).
void remove_workplaces(const fs::path& ingest) {
  std::error_code ignored;
  for (fs::directory_iterator it(ingest, ignored), end; !ignored && it != end;
       it.increment(ignored))
    if (it->is_directory(ignored)) fs::remove_all(it->path(), ignored);
}

// A manifest's bytes, if its file is there with the right ones.
std::optional<std::string> intact_manifest(const fs::path& layout, const Descriptor& manifest) {
  if (!has_blob(layout, manifest)) return std::nullopt;
  auto bytes = read_file(blob_path(layout, manifest.digest), kMostManifestBytes);
  Hasher hasher(manifest.digest.algorithm());
  hasher.update(bytes);
  if (hasher.finish() != manifest.digest) return std::nullopt;
  return bytes;
}

// For looking around: what cannot be read leads nowhere.
ReadSmall lenient_reader(const fs::path& layout) {
  return [layout](const Descriptor& manifest) {
    return intact_manifest(layout, manifest).value_or(std::string());
  };
}

// For the collector: below a manifest that cannot be read anything may be needed. Only what an
// index lists may be absent, since an index may be copied without all its children.
ReadSmall strict_reader(const fs::path& layout, const LayoutIndex& index) {
  return [&layout, &index](const Descriptor& manifest) {
    auto bytes = intact_manifest(layout, manifest);
    if (bytes) return std::move(*bytes);
    const bool absent = !fs::exists(blob_path(layout, manifest.digest));
    if (absent && !index.find(manifest.digest)) return std::string();
    throw Error(ExitCode::failed, layout.string() + ": manifest " + manifest.digest.short_form() +
                                      (absent ? " is missing" : " is broken") +
                                      ", so what it needs is not known");
  };
}

std::set<Digest> reachable_in(const fs::path& layout, const LayoutIndex& index) {
  try {
    return reachable(index, strict_reader(layout, index));
  } catch (Error& error) {
    error.mend = "aiops store check names the artifacts that need it; aiops rm them";
    throw;
  }
}

}  // namespace

std::vector<NamedManifest> list_names(const fs::path& layout) {
  std::vector<NamedManifest> names;
  if (!is_layout(layout)) return names;
  const LayoutIndex index = read_layout_index(layout);
  for (const auto& entry : index.entries())
    if (!is_referrers_tag(entry.name)) names.push_back({entry.name, entry.descriptor});
  std::sort(names.begin(), names.end(),
            [](const NamedManifest& a, const NamedManifest& b) { return a.name < b.name; });
  return names;
}

void remove_names(const fs::path& layout, const std::vector<std::string>& names) {
  update_layout_index(layout, [&](LayoutIndex& index) {
    for (const auto& name : names)  // all are looked for before anything is written
      if (!index.remove(name))
        throw Error(ExitCode::not_found, "there is no '" + name + "' here",
                    "aiops ls shows what is there");
  });
}

Garbage collect_garbage(const fs::path& layout, Collect collect) {
  Garbage garbage;
  if (!is_layout(layout)) return garbage;
  make_directories(layout / "ingest");
  FileLock alone;
  if (collect == Collect::remove) {
    alone = FileLock(layout / "ingest", FileLock::Mode::try_exclusive);
    if (!alone.is_held())
      throw Error(ExitCode::failed, layout.string() + ": another process is storing into it",
                  "run it again when that has ended");
  }
  const LayoutIndex index = read_layout_index(layout);
  const auto wanted = reachable_in(layout, index);
  for (const auto& entry : index.entries()) {
    if (is_referrers_tag(entry.name) && !lists_referrers_of_any(entry.name, wanted))
      garbage.referrer_lists.push_back(entry.name);
  }
  const auto add = [&](const fs::path& file) {
    garbage.files.push_back(file);
    garbage.bytes += disk_bytes(file);
  };
  for_each_file(layout / "blobs", [&](const fs::path& file) {
    const auto digest = digest_of(file);
    if (digest && !wanted.contains(*digest)) add(file);
  });
  for_each_file(layout / "ingest", add);
  std::sort(garbage.files.begin(), garbage.files.end());
  if (collect == Collect::look) return garbage;
  // Names first: a name never points at what is gone.
  if (!garbage.referrer_lists.empty()) remove_names(layout, garbage.referrer_lists);
  for (const auto& file : garbage.files)
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) throw system_error(file.string(), errno);
  remove_workplaces(layout / "ingest");
  return garbage;
}

LayoutSize measure_layout(const fs::path& layout) {
  LayoutSize size;
  for_each_file(layout / "blobs", [&](const fs::path& file) {
    ++size.blobs;
    size.bytes += fs::file_size(file);
  });
  return size;
}

namespace {

// Which names lead to a digest: for messages, so worked out only when something is broken.
std::vector<std::string> names_needing(const fs::path& layout, const Digest& digest) {
  std::vector<std::string> names;
  LayoutIndex referrers;
  const LayoutIndex index = read_layout_index(layout);
  for (const auto& entry : index.entries())
    if (is_referrers_tag(entry.name)) referrers.set(entry.descriptor, entry.name);
  for (const auto& named : list_names(layout)) {
    const auto name = named.name.empty() ? named.descriptor.digest.short_form() : named.name;
    LayoutIndex one = LayoutIndex::parse(referrers.to_bytes(), "index.json");
    one.set(named.descriptor, name);
    try {
      if (reachable(one, lenient_reader(layout)).contains(digest)) names.push_back(name);
    } catch (const Error&) {  // the right bytes, and no manifest
      if (named.descriptor.digest == digest) names.push_back(name);
    }
  }
  return names;
}

struct BlobFile {
  fs::path path;
  Digest digest;
  std::uint64_t size;
};

bool is_intact(const BlobFile& blob, const std::function<void(std::uint64_t)>& moved) {
  Hasher hasher(blob.digest.algorithm());
  file_blob(blob.path, {"", blob.digest, blob.size, {}, {}})
      .stream(0, [&](std::span<const std::byte> bytes) {
        hasher.update(bytes);
        moved(bytes.size());
      });
  return hasher.finish() == blob.digest;
}

// Digests that manifests refer to and that are not there. Broken manifests are found by hashing.
std::set<Digest> missing_blobs(const fs::path& layout) {
  std::set<Digest> missing;
  const LayoutIndex index = read_layout_index(layout);
  for (const auto& entry : index.entries()) {
    LayoutIndex one;
    one.set(entry.descriptor, "one");
    try {
      for (const auto& digest : reachable(one, lenient_reader(layout)))
        if (!fs::exists(blob_path(layout, digest))) missing.insert(digest);
    } catch (const Error&) {
    }
  }
  return missing;
}

}  // namespace

CheckResult check_layout(const fs::path& layout, std::size_t jobs, Status& status,
                         const StopFlag& stop) {
  CheckResult result;
  if (!is_layout(layout)) return result;
  std::vector<BlobFile> blobs;
  for_each_file(layout / "blobs", [&](const fs::path& file) {
    const auto digest = digest_of(file);
    if (!digest) return;
    blobs.push_back({file, *digest, fs::file_size(file)});
    ++result.checked.blobs;
    result.checked.bytes += blobs.back().size;
  });
  std::sort(blobs.begin(), blobs.end(),
            [](const BlobFile& a, const BlobFile& b) { return a.size > b.size; });
  std::vector<char> intact(blobs.size());
  {
    Task task(status, "Checking", result.checked.bytes);
    ThreadPool pool(std::clamp<std::size_t>(jobs, 1, std::max<std::size_t>(blobs.size(), 1)));
    pool.run(blobs.size(), [&](std::size_t i) {
      intact[i] = is_intact(blobs[i], [&](std::uint64_t n) {
        stop.check();
        task.advance(n);
      });
    });
  }
  std::set<std::pair<Digest, std::string>> bad;
  for (std::size_t i = 0; i < blobs.size(); ++i)
    if (intact[i] == 0) bad.emplace(blobs[i].digest, "does not match its digest");
  for (const auto& digest : missing_blobs(layout)) bad.emplace(digest, "is missing");
  for (const auto& [digest, why] : bad)
    result.damage.push_back({digest.str(), why, names_needing(layout, digest)});
  return result;
}

}  // namespace aiops::pack
