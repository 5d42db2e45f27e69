// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "pack/file_kind.hpp"
#include "pack/model_file.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace aiops::pack {

// A file that will become a layer.
struct SourceFile {
  std::string path;            // in the artifact: relative, '/'-separated
  std::filesystem::path real;  // what to open: no part of it is a symbolic link
  FileKind kind = FileKind::code;
  std::uint64_t size = 0;
  bool executable = false;  // code that its owner may run
};

// The files below `directory`, in the order of their layers: by kind, then by path as bytes.
//
// Symbolic links are followed when they stay inside the directory, or lead from a Hugging Face
// cache's `snapshots/REVISION` into the `blobs` of the same cache; others, loops, sockets and
// devices are refused by name. Hidden files, __pycache__, *.pyc and aiops.yaml itself are left out.
// Throws not_found, denied, and failed when there is nothing to pack or when two paths are one on
// some file systems.
std::vector<SourceFile> scan_directory(const std::filesystem::path& directory,
                                       const ModelFile& model, Status& status);

}  // namespace aiops::pack
