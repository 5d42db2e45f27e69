// SPDX-License-Identifier: Apache-2.0
// An OCI image layout in a tar file. Reading needs no unpacking: a scan of the headers tells where
// each blob lies. Writing gathers new blobs in `FILE.partial/`, itself a layout, so that a killed
// run is continued like any other ingest; finish_archive() writes the tar whole, sorted and without
// times, and puts it in place by rename.
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/output_file.hpp"
#include "pack/directory_layout.hpp"
#include "pack/ingest.hpp"
#include "pack/reachable.hpp"
#include "pack/store.hpp"
#include "pack/tar.hpp"

#include <fcntl.h>

#include <optional>
#include <vector>

namespace aiops::pack {
namespace {

constexpr std::size_t kBlock = 1 << 20;

std::string entry_name(const Digest& digest) {
  return "blobs/" + std::string(digest.algorithm()) + "/" + std::string(digest.hex());
}

// The files of an existing archive, read in place.
class TarFiles {
 public:
  explicit TarFiles(const std::filesystem::path& file)
      : file_(file),
        fd_(std::make_shared<Fd>(open_file(file, O_RDONLY))),
        entries_(list_tar(file)) {
    if (!entries_.contains("oci-layout") || !entries_.contains("index.json"))
      throw Error(ExitCode::failed,
                  file.string() + ": not an OCI image layout, it lacks oci-layout or index.json");
  }

  const TarEntry* find(const std::string& name) const {
    const auto found = entries_.find(name);
    return found == entries_.end() ? nullptr : &found->second;
  }

  std::string read(const std::string& name, std::uint64_t limit) const {
    const TarEntry* entry = find(name);
    if (entry->size > limit)
      throw Error(ExitCode::failed, file_.string() + ": its " + name + " is too large");
    std::string bytes(entry->size, '\0');
    pread_fully(fd_->get(), std::as_writable_bytes(std::span(bytes)), entry->offset, file_);
    return bytes;
  }

  Blob blob(const TarEntry& entry, const Descriptor& descriptor) const {
    Blob blob{descriptor, {}, {}};
    blob.read_at = [fd = fd_, entry, file = file_](std::uint64_t offset,
                                                   std::span<std::byte> into) {
      if (offset > entry.size || into.size() > entry.size - offset ||
          pread_fully(fd->get(), into, entry.offset + offset, file) != into.size())
        throw Error(ExitCode::failed, file.string() + ": a read past the end of a blob");
    };
    blob.stream = [read_at = blob.read_at, entry](std::uint64_t offset, const Sink& sink) {
      std::vector<std::byte> block(kBlock);
      while (offset < entry.size) {
        const auto n = std::min<std::uint64_t>(block.size(), entry.size - offset);
        read_at(offset, std::span(block).first(n));
        sink(std::span(block).first(n));
        offset += n;
      }
    };
    return blob;
  }

 private:
  std::filesystem::path file_;
  std::shared_ptr<Fd> fd_;
  std::map<std::string, TarEntry> entries_;
};

class ArchiveLayout final : public LayoutRepository {
 public:
  ArchiveLayout(const std::filesystem::path& file, Create create)
      : LayoutRepository("archive:" + file.string(), ""), file_(file) {
    if (create == Create::no || std::filesystem::exists(file)) old_.emplace(file);
    if (create == Create::yes) open_partial();
  }

  bool has(const Descriptor& blob) override {
    if (!partial_.empty() && has_blob(partial_, blob)) return true;
    const TarEntry* entry = find_old(blob.digest);
    return entry != nullptr && entry->size == blob.size;
  }

  Blob blob(const Descriptor& descriptor) override {
    if (!partial_.empty() && has_blob(partial_, descriptor))
      return file_blob(blob_path(partial_, descriptor.digest), descriptor);
    if (const TarEntry* entry = find_old(descriptor.digest)) return old_->blob(*entry, descriptor);
    throw Error(ExitCode::not_found, name() + " lacks the blob " + descriptor.digest.short_form());
  }

  BlobFate push(const Blob& blob, const std::function<void(std::uint64_t)>& moved) override {
    require_writable();
    return has(blob.descriptor) ? BlobFate::existed : ingest(partial_, blob, moved);
  }

  Descriptor absorb(std::string_view media_type,
                    const std::function<void(const Sink&)>& produce) override {
    require_writable();
    return ingest_new(partial_, media_type, produce);
  }

  void finish();

 protected:
  LayoutIndex read_index() override {
    if (!partial_.empty()) return read_layout_index(partial_);
    return LayoutIndex::parse(old_->read("index.json", 64u << 20), file_.string() + ": index.json");
  }

  void update_index(const std::function<void(LayoutIndex&)>& change) override {
    require_writable();
    update_layout_index(partial_, change);
  }

  std::string read_small(const Digest& digest) override {
    const auto path = blob_path(partial_, digest);
    if (!partial_.empty() && std::filesystem::exists(path))
      return read_file(path, kMostManifestBytes);
    if (find_old(digest) == nullptr)
      throw Error(ExitCode::not_found, name() + " has no manifest " + digest.short_form());
    return old_->read(entry_name(digest), kMostManifestBytes);
  }

  void write_small(const Document& document) override {
    require_writable();
    write_file_atomically(blob_path(partial_, document.descriptor.digest), document.bytes);
  }

 private:
  void open_partial() {
    partial_ = file_;
    partial_ += ".partial";
    create_layout(partial_);
    lock_ = FileLock(partial_, FileLock::Mode::try_exclusive);
    if (!lock_.is_held())
      throw Error(ExitCode::failed, file_.string() + ": another process is writing this archive");
    // Blobs of an interrupted run are worth keeping, its names are not.
    write_file_atomically(partial_ / "index.json",
                          old_ ? old_->read("index.json", 64u << 20) : LayoutIndex().to_bytes());
  }

  const TarEntry* find_old(const Digest& digest) const {
    return old_ ? old_->find(entry_name(digest)) : nullptr;
  }

  void require_writable() const {
    if (partial_.empty()) throw Error(ExitCode::failed, name() + " is open for reading only");
  }

  std::string read_if_there(const Descriptor& manifest);
  void add_blob(TarWriter& tar, const Digest& digest);

  std::filesystem::path file_;
  std::filesystem::path partial_;  // empty when open for reading only
  std::optional<TarFiles> old_;
  FileLock lock_;
};

std::string ArchiveLayout::read_if_there(const Descriptor& manifest) {
  return has(manifest) ? read_small(manifest.digest) : std::string();
}

void ArchiveLayout::add_blob(TarWriter& tar, const Digest& digest) {
  const auto path = blob_path(partial_, digest);
  const bool fresh = std::filesystem::exists(path);
  const TarEntry* old = find_old(digest);
  if (!fresh && old == nullptr) return;  // a foreign layout may lack what it refers to
  const Descriptor descriptor{
      "", digest, fresh ? std::filesystem::file_size(path) : old->size, {}, {}};
  tar.begin_file(entry_name(digest), descriptor.size, 0644);
  blob(descriptor).stream(0, [&](std::span<const std::byte> bytes) { tar.write(bytes); });
}

void ArchiveLayout::finish() {
  if (partial_.empty()) return;
  const LayoutIndex index = read_index();
  const auto wanted =
      reachable(index, [this](const Descriptor& manifest) { return read_if_there(manifest); });
  TempFile temporary(file_.has_parent_path() ? file_.parent_path() : ".");
  TarWriter tar([&](std::span<const std::byte> bytes) { temporary.write(bytes); }, file_.string());
  tar.add_directory("blobs/");
  std::string algorithm;
  for (const auto& digest : wanted) {  // in the order of their names: a set is sorted
    if (digest.algorithm() != algorithm) {
      algorithm = digest.algorithm();
      tar.add_directory("blobs/" + algorithm + "/");
    }
    add_blob(tar, digest);
  }
  const auto add_text = [&](const std::string& name, const std::string& text) {
    tar.begin_file(name, text.size(), 0644);
    tar.write(std::as_bytes(std::span(text)));
  };
  add_text("index.json", index.to_bytes());
  add_text("oci-layout", read_file(partial_ / "oci-layout", 4096));
  tar.finish();
  temporary.commit(file_);
  std::filesystem::remove_all(partial_);
  partial_.clear();
  old_.emplace(file_);
}

}  // namespace

std::unique_ptr<Repository> open_archive(const std::filesystem::path& file, Create create) {
  // One that is written is read again, and its partial directory lies beside it.
  return std::make_unique<ArchiveLayout>(create == Create::yes ? replaceable_file(file) : file,
                                         create);
}

void finish_archive(Repository& archive) {
  if (auto* layout = dynamic_cast<ArchiveLayout*>(&archive)) layout->finish();
}

}  // namespace aiops::pack
