// SPDX-License-Identifier: Apache-2.0
#include "train/data/text_file.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "pack/archive_library.hpp"

#include <memory>
#include <vector>

namespace aiops::train {
namespace {

using pack::libarchive;

constexpr std::size_t kBlock = 1 << 20;

struct Free {
  void operator()(archive* reader) const { libarchive().archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, Free>;

[[noreturn]] void fail(const std::filesystem::path& path, archive* reader) {
  const char* why = libarchive().archive_error_string(reader);
  throw Error(ExitCode::failed, path.string() + ": " + (why ? why : "cannot be read"));
}

Reader open_reader(const std::filesystem::path& path) {
  Reader reader(libarchive().archive_read_new());
  libarchive().archive_read_support_filter_gzip(reader.get());
  libarchive().archive_read_support_filter_xz(reader.get());
  libarchive().archive_read_support_filter_zstd(reader.get());
  libarchive().archive_read_support_filter_bzip2(reader.get());
  libarchive().archive_read_support_format_raw(reader.get());
  libarchive().archive_read_support_format_empty(
      reader.get());  // the raw format refuses an empty file
  if (libarchive().archive_read_open_filename(reader.get(), path.c_str(), kBlock) != ARCHIVE_OK)
    fail(path, reader.get());
  return reader;
}

}  // namespace

std::string read_text_file(const std::filesystem::path& path, std::uint64_t limit,
                           const StopFlag& stop) {
  const Reader reader = open_reader(path);
  std::string text;
  archive_entry* entry = nullptr;
  const int header = libarchive().archive_read_next_header(reader.get(), &entry);
  if (header == ARCHIVE_EOF) return text;
  if (header != ARCHIVE_OK) fail(path, reader.get());
  std::vector<char> block(kBlock);
  for (;;) {
    stop.check();
    const auto got = libarchive().archive_read_data(reader.get(), block.data(), block.size());
    if (got < 0) fail(path, reader.get());
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > limit)
      throw Error(ExitCode::failed,
                  path.string() + ": more than " + format_bytes(limit) + " of text");
  }
}

}  // namespace aiops::train
