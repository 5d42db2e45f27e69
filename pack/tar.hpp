// SPDX-License-Identifier: Apache-2.0
// The two uses of tar here, both through libarchive: finding where each file of an archive lies, so
// that it is read in place, and writing one whose bytes depend on names, modes and contents alone.
#pragma once

#include "pack/repository.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace aiops::pack {

struct TarEntry {
  std::uint64_t offset = 0;  // of the content in the tar
  std::uint64_t size = 0;
};

// The regular files of an uncompressed tar by name, "./" taken off. Throws not_found, and failed
// when it is not such a tar, is truncated, or has more than a million entries.
std::map<std::string, TarEntry> list_tar(const std::filesystem::path& file);

// Writes a GNU tar (which holds sizes over 8 GiB without PAX headers) into a sink: no
// times, owners or devices. Throws Error naming `what`.
class TarWriter {
 public:
  TarWriter(Sink sink, std::string what);
  ~TarWriter();
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;

  void add_directory(const std::string& path);
  // The next write()s must bring exactly `size` bytes.
  void begin_file(const std::string& path, std::uint64_t size, unsigned mode);
  void write(std::span<const std::byte> bytes);
  void finish();

  struct State;

 private:
  std::unique_ptr<State> state_;
};

// Compresses a stream with zstd at its default level.
class ZstdWriter {
 public:
  ZstdWriter(Sink sink, std::string what);
  ~ZstdWriter();
  ZstdWriter(const ZstdWriter&) = delete;
  ZstdWriter& operator=(const ZstdWriter&) = delete;

  void write(std::span<const std::byte> bytes);
  void finish();

 private:
  std::unique_ptr<TarWriter::State> state_;
};

}  // namespace aiops::pack
