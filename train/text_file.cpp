// SPDX-License-Identifier: Apache-2.0
#include "train/text_file.hpp"

#include "base/error.hpp"
#include "base/units.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <vector>

namespace aiops::train {
namespace {

constexpr std::size_t kBlock = 1 << 20;

struct Free {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, Free>;

[[noreturn]] void fail(const std::filesystem::path& path, archive* reader) {
  const char* why = archive_error_string(reader);
  throw Error(ExitCode::failed, path.string() + ": " + (why ? why : "cannot be read"));
}

Reader open_reader(const std::filesystem::path& path) {
  Reader reader(archive_read_new());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_format_raw(reader.get());
  archive_read_support_format_empty(reader.get());  // the raw format refuses an empty file
  if (archive_read_open_filename(reader.get(), path.c_str(), kBlock) != ARCHIVE_OK)
    fail(path, reader.get());
  return reader;
}

}  // namespace

std::string read_text_file(const std::filesystem::path& path, std::uint64_t limit,
                           const StopFlag& stop) {
  const Reader reader = open_reader(path);
  std::string text;
  archive_entry* entry = nullptr;
  const int header = archive_read_next_header(reader.get(), &entry);
  if (header == ARCHIVE_EOF) return text;
  if (header != ARCHIVE_OK) fail(path, reader.get());
  std::vector<char> block(kBlock);
  for (;;) {
    stop.check();
    const auto got = archive_read_data(reader.get(), block.data(), block.size());
    if (got < 0) fail(path, reader.get());
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > limit)
      throw Error(ExitCode::failed,
                  path.string() + ": more than " + format_bytes(limit) + " of text");
  }
}

}  // namespace aiops::train
