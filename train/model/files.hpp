// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/repository.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// The files of a model by name, in a directory or as the layers of an artifact, read in place.
class ModelFiles {
 public:
  struct File {
    std::string what;  // for messages: "demo/config.json"
    std::uint64_t size = 0;
    // Fills the span from `offset` or throws.
    std::function<void(std::uint64_t offset, std::span<std::byte>)> read_at;
  };

  static ModelFiles in_directory(const std::filesystem::path& directory);
  // One file, such as a GGUF; the name is its path.
  static ModelFiles of_file(const std::filesystem::path& file);
  // One raw layer a file, by its path annotation; `repository` must outlive this. Layers that can
  // only be streamed throw when they are read, with a mend.
  static ModelFiles in_artifact(pack::Repository& repository, const pack::Manifest& manifest,
                                const std::string& name);

  const std::string& name() const { return name_; }
  std::vector<std::string> names() const;  // sorted
  bool has(std::string_view file) const { return files_.contains(file); }
  File open(std::string_view file) const;  // throws not_found
  // Reads a whole file of at most `limit` bytes.
  std::string read(std::string_view file, std::uint64_t limit = 64u << 20) const;

 private:
  std::string name_;
  std::map<std::string, std::function<File()>, std::less<>> files_;
};

}  // namespace aiops::train
