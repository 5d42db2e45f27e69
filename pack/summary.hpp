// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/manifest.hpp"
#include "pack/repository.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::pack {

// What an artifact says of itself, whoever wrote it; empty where it says nothing.
struct Summary {
  std::string type;  // "ModelPack", "ModelKit", "Docker model", "Ollama model", "image", else the
                     // artifact type
  std::string name;
  std::string version;
  std::string family;
  std::string description;
  std::string architecture;
  std::string format;
  std::string parameters;  // "134.5M"
  std::string precision;
  std::string quantization;
  std::string created;
  std::vector<std::string> licences;
  std::vector<std::string> authors;
  std::uint64_t size = 0;  // of the files together, those that are stored as differences too
  std::size_t layers = 0;
};

// Reads the manifest and its config blob, nothing else. A config that is not what its media type
// says leaves its members empty. Throws what the repository throws.
Summary summarize(Repository& repository, const Manifest& manifest);

}  // namespace aiops::pack
