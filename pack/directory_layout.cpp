// SPDX-License-Identifier: Apache-2.0
// Two locks, both flocks on files that are never replaced:
//   `oci-layout`  exclusive while index.json is read, changed and renamed into place;
//   `ingest/`     shared by everybody who stores, exclusive for the collector of garbage.
// Readers take none: index.json is replaced whole, and blobs never change once they have a name.
#include "pack/directory_layout.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/ingest.hpp"
#include "pack/media_type.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

namespace aiops::pack {
namespace {

constexpr std::string_view kLayoutVersion = R"({"imageLayoutVersion":"1.0.0"})";
constexpr std::uint64_t kMostIndexBytes = 64u << 20;

bool is_there(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

void check_version(const std::filesystem::path& directory) {
  const auto path = directory / "oci-layout";
  const Json value = parse_json(read_file(path, 4096), path.string());
  if (!value.is_object() || value.value("imageLayoutVersion", Json()) != "1.0.0")
    throw Error(ExitCode::failed, path.string() + ": not an OCI image layout of version 1.0.0");
}

// By link, not by rename: another process may have made and locked the file meanwhile, and must
// keep the right one.
void write_if_absent(const std::filesystem::path& path, std::string_view bytes) {
  if (is_there(path)) return;
  TempFile file(path.parent_path(), "." + path.filename().string() + "-");
  file.write(bytes);
  if (::fchmod(file.fd(), 0644) != 0 || ::fsync(file.fd()) != 0 ||
      (::link(file.path().c_str(), path.c_str()) != 0 && errno != EEXIST))
    throw system_error(path.string(), errno);
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& path, Mode mode) {
  // Network file systems lock only what is open for writing; read-only ones cannot be written to.
  int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw system_error(path.string(), errno);
  fd_ = Fd(fd);
  const int operation = mode == Mode::shared      ? LOCK_SH
                        : mode == Mode::exclusive ? LOCK_EX
                                                  : LOCK_EX | LOCK_NB;
  int result = 0;
  do {
    result = ::flock(fd, operation);
  } while (result != 0 && errno == EINTR);
  held_ = result == 0 || errno != EWOULDBLOCK;
}

bool is_layout(const std::filesystem::path& directory) {
  return is_there(directory / "oci-layout");
}

void create_layout(const std::filesystem::path& directory) {
  if (is_layout(directory) && is_there(directory / "index.json")) return;
  make_directories(directory / "blobs" / "sha256");
  make_directories(directory / "ingest");
  // In this order: what has an oci-layout is taken for a whole layout.
  write_if_absent(directory / "index.json", LayoutIndex().to_bytes());
  write_if_absent(directory / "oci-layout", kLayoutVersion);
  sync_directory(directory);
}

LayoutIndex read_layout_index(const std::filesystem::path& layout) {
  const auto path = layout / "index.json";
  return LayoutIndex::parse(read_file(path, kMostIndexBytes), path.string());
}

void update_layout_index(const std::filesystem::path& layout,
                         const std::function<void(LayoutIndex&)>& change) {
  const FileLock lock(layout / "oci-layout", FileLock::Mode::exclusive);
  LayoutIndex index = read_layout_index(layout);
  const auto before = index.to_bytes();
  change(index);
  const auto after = index.to_bytes();
  if (after != before) write_file_atomically(layout / "index.json", after);
}

DirectoryLayout::DirectoryLayout(const std::filesystem::path& directory, Create create,
                                 std::string name, std::string prefix)
    : LayoutRepository(std::move(name), std::move(prefix)), directory_(directory) {
  if (create == Create::yes) create_layout(directory);
  is_absent_ = !is_layout(directory);  // a store half made by a killed run is not there yet either
  if (is_absent_ && !this->prefix().empty()) return;
  if (!is_there(directory))
    throw Error(ExitCode::not_found, directory.string() + ": no such directory");
  if (!is_layout(directory))
    throw Error(ExitCode::not_found,
                directory.string() + ": not an OCI image layout, it has no oci-layout file");
  check_version(directory);
}

void DirectoryLayout::keep_collector_out() {
  std::call_once(kept_out_, [this] {
    if (is_there(directory_ / "ingest"))
      collector_lock_ = FileLock(directory_ / "ingest", FileLock::Mode::shared);
  });
}

bool DirectoryLayout::has(const Descriptor& blob) {
  keep_collector_out();
  return has_blob(directory_, blob);
}

Blob DirectoryLayout::blob(const Descriptor& descriptor) {
  const auto path = blob_path(directory_, descriptor.digest);
  if (!is_there(path))
    throw Error(ExitCode::not_found, name() + " lacks the blob " + descriptor.digest.short_form());
  return file_blob(path, descriptor);
}

BlobFate DirectoryLayout::push(const Blob& blob, const std::function<void(std::uint64_t)>& moved) {
  make_directories(directory_ / "ingest");  // layouts of other tools have none
  keep_collector_out();
  return ingest(directory_, blob, moved);
}

void DirectoryLayout::push_manifest(const Document& document, std::string_view tag) {
  keep_collector_out();
  LayoutRepository::push_manifest(document, tag);
}

Descriptor DirectoryLayout::absorb(std::string_view media_type,
                                   const std::function<void(const Sink&)>& produce) {
  make_directories(directory_ / "ingest");
  keep_collector_out();
  return ingest_new(directory_, media_type, produce);
}

LayoutIndex DirectoryLayout::read_index() {
  return is_absent_ ? LayoutIndex() : read_layout_index(directory_);
}

void DirectoryLayout::update_index(const std::function<void(LayoutIndex&)>& change) {
  update_layout_index(directory_, change);
}

std::string DirectoryLayout::read_small(const Digest& digest) {
  const auto path = blob_path(directory_, digest);
  if (!is_there(path))
    throw Error(ExitCode::not_found, name() + " has no manifest " + digest.short_form());
  return read_file(path, kMostManifestBytes);
}

void DirectoryLayout::write_small(const Document& document) {
  if (has_blob(directory_, document.descriptor)) return;
  const auto path = blob_path(directory_, document.descriptor.digest);
  make_directories(path.parent_path());
  make_directories(directory_ / "ingest");
  TempFile file(directory_ / "ingest");
  file.write(document.bytes);
  file.commit(path);
}

}  // namespace aiops::pack
