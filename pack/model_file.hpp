// SPDX-License-Identifier: Apache-2.0
// aiops.yaml: what a person says about the model in a directory.
#pragma once

#include "pack/file_kind.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace aiops::pack {

inline constexpr const char* kModelFileName = "aiops.yaml";

struct ModelFile {
  std::string name;
  std::string version;
  std::string description;
  std::string family;
  std::vector<std::string> licences;  // SPDX expressions
  std::vector<std::string> authors;
  std::vector<std::string> include;                     // globs; empty: everything
  std::vector<std::string> exclude;                     // globs
  std::vector<std::pair<std::string, FileKind>> kinds;  // glob -> kind; the first that matches
};

// Throws Error{usage} "FILE:LINE:COLUMN: …". The `config:` section is the program's settings and
// none of its business.
ModelFile parse_model_file(std::string_view file, std::string_view text);

}  // namespace aiops::pack
