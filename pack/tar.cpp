// SPDX-License-Identifier: Apache-2.0
#include "pack/tar.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "pack/archive_library.hpp"

#include <fcntl.h>

#include <cerrno>
#include <exception>
#include <utility>

namespace aiops::pack {
namespace {

constexpr std::size_t kMostEntries = 1'000'000;
constexpr std::size_t kBlock = 1 << 20;

struct Close {
  void operator()(struct archive* a) const { libarchive().archive_free(a); }
};
using Archive = std::unique_ptr<struct archive, Close>;

struct CloseEntry {
  void operator()(struct archive_entry* e) const { libarchive().archive_entry_free(e); }
};
using Entry = std::unique_ptr<struct archive_entry, CloseEntry>;

[[noreturn]] void refuse(const std::string& what, struct archive* a) {
  const char* why = libarchive().archive_error_string(a);
  throw Error(ExitCode::failed, what + ": " + (why == nullptr ? "cannot be read" : why));
}

}  // namespace

std::map<std::string, TarEntry> list_tar(const std::filesystem::path& file) {
  const Fd fd = open_file(file, O_RDONLY);
  const auto size = file_size(fd.get(), file);
  const Archive a(libarchive().archive_read_new());
  libarchive().archive_read_support_format_tar(a.get());
  if (libarchive().archive_read_open_fd(a.get(), fd.get(), kBlock) != ARCHIVE_OK)
    throw Error(ExitCode::failed, file.string() + ": not an uncompressed tar file");
  std::map<std::string, TarEntry> entries;
  struct archive_entry* entry = nullptr;
  for (;;) {
    const int result = libarchive().archive_read_next_header(a.get(), &entry);
    if (result == ARCHIVE_EOF) return entries;
    if (result != ARCHIVE_OK) refuse(file.string(), a.get());
    if (libarchive().archive_entry_filetype(entry) != AE_IFREG) continue;
    const char* name = libarchive().archive_entry_pathname(entry);
    std::string_view path = name == nullptr ? "" : name;
    while (path.starts_with("./")) path.remove_prefix(2);
    if (path.empty()) continue;  // nobody can ask for it
    // After a header libarchive has consumed exactly what lies before the content.
    const TarEntry place{static_cast<std::uint64_t>(libarchive().archive_filter_bytes(a.get(), 0)),
                         static_cast<std::uint64_t>(libarchive().archive_entry_size(entry))};
    if (place.offset > size || place.size > size - place.offset)
      throw Error(ExitCode::failed, file.string() + ": '" + printable(path) +
                                        "' ends after the end of the file: it is truncated");
    entries[std::string(path)] = place;
    if (entries.size() > kMostEntries)
      throw Error(ExitCode::failed, file.string() + ": more than a million files");
  }
}

struct TarWriter::State {
  Sink sink;
  std::string what;
  Archive archive{libarchive().archive_write_new()};
  std::exception_ptr failure;  // of the sink: no exception may cross libarchive's C frames

  void check(int result) {
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
    if (result < ARCHIVE_OK) refuse(what, archive.get());
  }

  void open(Sink into, std::string named) {
    sink = std::move(into);
    what = std::move(named);
    libarchive().archive_write_set_bytes_per_block(archive.get(), kBlock);
    libarchive().archive_write_set_bytes_in_last_block(archive.get(), 1);
    check(libarchive().archive_write_open(archive.get(), this, nullptr, &State::write, nullptr));
  }

  void add(std::span<const std::byte> bytes) {
    const auto written = libarchive().archive_write_data(archive.get(), bytes.data(), bytes.size());
    check(written < 0 ? ARCHIVE_FATAL : ARCHIVE_OK);
    if (static_cast<std::size_t>(written) != bytes.size())
      throw Error(ExitCode::failed, what + ": a file grew while it was packed");
  }

  void header(const std::string& path, unsigned type, unsigned mode, std::uint64_t size) {
    const Entry entry(libarchive().archive_entry_new());
    libarchive().archive_entry_set_pathname(entry.get(), path.c_str());
    libarchive().archive_entry_set_filetype(entry.get(), type);
    libarchive().archive_entry_set_perm(entry.get(), mode);
    libarchive().archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    libarchive().archive_entry_set_mtime(entry.get(), 0, 0);
    check(libarchive().archive_write_header(archive.get(), entry.get()));
  }

  static la_ssize_t write(struct archive* a, void* data, const void* bytes, std::size_t size) {
    auto* self = static_cast<State*>(data);
    try {
      if (!self->failure) self->sink({static_cast<const std::byte*>(bytes), size});
    } catch (...) {
      self->failure = std::current_exception();
    }
    if (!self->failure) return static_cast<la_ssize_t>(size);
    libarchive().archive_set_error(a, EIO, "the sink failed");
    return -1;
  }
};

TarWriter::TarWriter(Sink sink, std::string what) : state_(std::make_unique<State>()) {
  libarchive().archive_write_set_format_gnutar(state_->archive.get());
  state_->open(std::move(sink), std::move(what));
}

TarWriter::~TarWriter() {
  // Freeing an archive that was not finished writes its end: nobody wants it any more.
  state_->sink = [](std::span<const std::byte>) {};
}

void TarWriter::add_directory(const std::string& path) { state_->header(path, AE_IFDIR, 0755, 0); }

void TarWriter::begin_file(const std::string& path, std::uint64_t size, unsigned mode) {
  state_->header(path, AE_IFREG, mode, size);
}

void TarWriter::write(std::span<const std::byte> bytes) { state_->add(bytes); }

void TarWriter::finish() { state_->check(libarchive().archive_write_close(state_->archive.get())); }

ZstdWriter::ZstdWriter(Sink sink, std::string what) : state_(std::make_unique<TarWriter::State>()) {
  libarchive().archive_write_set_format_raw(state_->archive.get());
  state_->check(libarchive().archive_write_add_filter_zstd(state_->archive.get()));
  state_->open(std::move(sink), std::move(what));
  const Entry entry(libarchive().archive_entry_new());
  libarchive().archive_entry_set_filetype(entry.get(), AE_IFREG);
  state_->check(libarchive().archive_write_header(state_->archive.get(), entry.get()));
}

ZstdWriter::~ZstdWriter() {
  state_->sink = [](std::span<const std::byte>) {};
}

void ZstdWriter::write(std::span<const std::byte> bytes) { state_->add(bytes); }

void ZstdWriter::finish() {
  state_->check(libarchive().archive_write_close(state_->archive.get()));
}

}  // namespace aiops::pack
