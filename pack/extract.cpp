// SPDX-License-Identifier: Apache-2.0
// libarchive pulls, a blob pushes; so the blob streams on a thread of its own, hashing as it goes,
// and the two meet in a ByteQueue. The thread always runs to the end of the blob, because the
// digest is of the whole of it, whatever tar thinks its end is.
#include "pack/extract.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "pack/archive_library.hpp"
#include "pack/byte_queue.hpp"
#include "pack/fetch.hpp"
#include "pack/ingest.hpp"
#include "pack/paths.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>

namespace aiops::pack {
namespace {

constexpr std::size_t kMostEntries = 1'000'000;
constexpr std::uint64_t kWorthFetching = 4 << 20;

// Passes a blob's bytes on while hashing them; no byte beyond the descriptor's size passes.
class Verifier {
 public:
  explicit Verifier(const Blob& blob) : blob_(blob), hasher_(blob.descriptor.digest.algorithm()) {}

  void run(const Sink& sink) {
    const Descriptor& descriptor = blob_.descriptor;
    std::uint64_t passed = 0;
    blob_.stream(0, [&](std::span<const std::byte> bytes) {
      if (bytes.size() > descriptor.size - passed) mismatch("is longer than its descriptor says");
      hasher_.update(bytes);
      passed += bytes.size();
      sink(bytes);
    });
    if (passed != descriptor.size) mismatch("is shorter than its descriptor says");
    if (hasher_.finish() != descriptor.digest) mismatch("does not match its digest");
  }

 private:
  [[noreturn]] void mismatch(const char* how) const {
    throw verification_error(Reason::digest_mismatch, blob_name(blob_.descriptor) + " " + how);
  }

  const Blob& blob_;
  Hasher hasher_;
};

void sync(int fd, const std::filesystem::path& what) {
  if (::fsync(fd) != 0) throw system_error(what.string(), errno);
}

// A second file with the same bytes. Files of a model are edited one by one, so no hard link.
void copy_file(const std::filesystem::path& from, const LayerPlan& plan, Staging& staging) {
  const Fd source = open_file(from, O_RDONLY);
  const Fd copy = staging.create(plan.path, plan.executable);
  std::vector<std::byte> block(1 << 20);
  while (const auto n = read_fully(source.get(), block, from))
    write_fully(copy.get(), std::span(block).first(n), plan.path);
  sync(copy.get(), plan.path);
}

// The wanted files that no earlier run has completed.
std::vector<LayerPlan> unfinished(const std::vector<LayerPlan>& plans, const Staging& staging,
                                  const Extraction& extraction) {
  std::vector<LayerPlan> rest;
  for (const auto& plan : plans)
    if (extraction.accept(plan.path, plan.kind) && !staging.has(plan.path, plan.layer.size))
      rest.push_back(plan);
  return rest;
}

std::unique_ptr<Partial> fetch_blob(const Blob& blob, Staging& staging,
                                    const Extraction& extraction) {
  const Descriptor& layer = blob.descriptor;
  auto partial = Partial::own(staging.partial_path(layer.digest), layer, [] { return false; });
  complete(*partial, blob, extraction.moved);
  return partial;
}

void extract_files(const Blob& blob, const std::vector<LayerPlan>& plans, Staging& staging,
                   const Extraction& extraction) {
  const auto rest = unfinished(plans, staging, extraction);
  if (rest.empty()) return;
  const auto partial = fetch_blob(blob, staging, extraction);
  for (std::size_t i = 1; i < rest.size(); ++i) copy_file(partial->path(), rest[i], staging);
  partial->sync(staging.mode_of(rest[0].executable));
  staging.place(partial->path(), rest[0].path);
  partial->forget_journal();
}

struct FreeArchive {
  void operator()(struct archive* a) const { libarchive().archive_free(a); }
};
using Archive = std::unique_ptr<struct archive, FreeArchive>;

// A blob's bytes as libarchive wants them.
class Source {
 public:
  Source(const Blob& blob, const Extraction& extraction)
      : thread_([this, &blob, &extraction] { produce(blob, extraction); }) {}
  ~Source() {
    given_up_ = true;
    queue_.abandon();
    thread_.join();
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  static la_ssize_t read(struct archive* a, void* data, const void** bytes) {
    auto* self = static_cast<Source*>(data);
    try {
      self->block_ = self->queue_.get();
      *bytes = self->block_.data();
      return static_cast<la_ssize_t>(self->block_.size());
    } catch (...) {
      self->failure_ = std::current_exception();
      libarchive().archive_set_error(a, EIO, "the source failed");
      return -1;
    }
  }

  // Throws what made libarchive fail, if that was the source.
  void rethrow() {
    if (failure_) std::rethrow_exception(failure_);
  }

  // Reads what tar did not ask for; returns when the digest has been agreed on.
  void drain() {
    while (!queue_.get().empty()) {
    }
  }

 private:
  void produce(const Blob& blob, const Extraction& extraction) {
    try {
      Verifier(blob).run([&](std::span<const std::byte> bytes) {
        if (!queue_.put(bytes) && given_up_) throw Error(ExitCode::failed, "abandoned");
        extraction.moved(bytes.size());
      });
      queue_.finish();
    } catch (...) {
      queue_.fail(std::current_exception());
    }
  }

  ByteQueue queue_;
  std::vector<std::byte> block_;
  std::exception_ptr failure_;
  std::atomic<bool> given_up_ = false;
  std::thread thread_;  // last: it uses the members above
};

// One archive being taken apart.
class Unarchiver {
 public:
  Unarchiver(const LayerPlan& plan, Staging& staging, const Extraction& extraction, Source& source)
      : plan_(plan), staging_(staging), extraction_(extraction), source_(source) {
    auto* a = archive_.get();
    plan.content == LayerPlan::Content::tar ? libarchive().archive_read_support_format_tar(a)
                                            : libarchive().archive_read_support_format_raw(a);
    libarchive().archive_read_support_format_empty(a);
    libarchive().archive_read_support_filter_gzip(a);
    libarchive().archive_read_support_filter_zstd(a);
    check(libarchive().archive_read_open(a, &source, nullptr, &Source::read, nullptr));
  }

  void run() {
    struct archive_entry* entry = nullptr;
    for (std::size_t count = 0;; ++count) {
      const int result = libarchive().archive_read_next_header(archive_.get(), &entry);
      if (result == ARCHIVE_EOF) return;
      check(result);
      if (count == kMostEntries) refuse("has more than a million entries");
      if (plan_.content == LayerPlan::Content::compressed_file)
        write(entry, plan_.path, plan_.kind, plan_.executable);
      else
        take(entry);
    }
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, "layer " + plan_.layer.digest.short_form() + ": " + why);
  }

  void check(int result) {
    if (result == ARCHIVE_OK) return;
    source_.rethrow();
    const char* why = libarchive().archive_error_string(archive_.get());
    refuse(why == nullptr ? "its tar cannot be read" : printable(why));
  }

  void take(struct archive_entry* entry) {
    const char* name = libarchive().archive_entry_pathname(entry);
    std::string path = name == nullptr ? "" : name;
    while (path.starts_with("./")) path.erase(0, 2);
    const auto type = libarchive().archive_entry_filetype(entry);
    if (type == AE_IFDIR) return;  // made when a file needs it
    check_relative_path(path, "layer " + plan_.layer.digest.short_form());
    if (libarchive().archive_entry_hardlink(entry) != nullptr || type != AE_IFREG)
      refuse("'" + printable(path) + "' is a link or a device, and only files are unpacked");
    const auto size = static_cast<std::uint64_t>(libarchive().archive_entry_size(entry));
    const auto kind = plan_.kind_by_entry ? kind_of_file(path, size) : plan_.kind;
    write(entry, path, kind, (libarchive().archive_entry_perm(entry) & 0100) != 0);
  }

  void write(struct archive_entry* entry, const std::string& path, FileKind kind, bool executable) {
    if (!extraction_.accept(path, kind)) return;
    if (libarchive().archive_entry_size_is_set(entry) != 0 &&
        static_cast<std::uint64_t>(libarchive().archive_entry_size(entry)) > staging_.free_space())
      refuse("'" + printable(path) + "' is larger than the free space");
    const Fd file = staging_.create(path, executable);
    std::vector<std::byte> block(1 << 20);
    for (;;) {
      const auto n = libarchive().archive_read_data(archive_.get(), block.data(), block.size());
      if (n == 0) break;
      if (n < 0) check(static_cast<int>(n));
      write_fully(file.get(), std::span(block).first(static_cast<std::size_t>(n)), path);
    }
    sync(file.get(), path);
  }

  const LayerPlan& plan_;
  Staging& staging_;
  const Extraction& extraction_;
  Source& source_;
  Archive archive_{libarchive().archive_read_new()};
};

// A tar cannot be taken up in its middle, so one from a distance is fetched first, where it can be
// gone on with, unless the disk has no room for it beside its files. One of which a mirror may send
// wrong bytes is fetched first in any case.
bool is_fetched_first(const Blob& blob, const Staging& staging) {
  const std::uint64_t size = blob.descriptor.size;
  if (blob.elsewhere) return true;
  return blob.parts && size >= kWorthFetching && staging.free_space() / 2 > size;
}

}  // namespace

void extract_layer(const Blob& blob, const std::vector<LayerPlan>& plans, Staging& staging,
                   const Extraction& extraction) {
  if (plans[0].content == LayerPlan::Content::file)
    return extract_files(blob, plans, staging, extraction);
  std::unique_ptr<Partial> fetched;
  Blob local = blob;
  Extraction unpacking = extraction;
  if (is_fetched_first(blob, staging)) {
    fetched = fetch_blob(blob, staging, extraction);
    local = file_blob(fetched->path(), blob.descriptor);
    unpacking.moved = [&](std::uint64_t) { extraction.moved(0); };
  }
  Source source(local, unpacking);
  Unarchiver(plans[0], staging, unpacking, source).run();
  source.drain();
}

}  // namespace aiops::pack
