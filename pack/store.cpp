// SPDX-License-Identifier: Apache-2.0
#include "pack/store.hpp"

#include "pack/directory_layout.hpp"

namespace aiops::pack {

std::unique_ptr<Repository> open_layout(const std::filesystem::path& directory, Create create) {
  return std::make_unique<DirectoryLayout>(directory, create, "oci:" + directory.string(), "");
}

std::unique_ptr<Repository> open_store(const std::filesystem::path& directory,
                                       const std::string& name, Create create) {
  return std::make_unique<DirectoryLayout>(directory, create, name, name + ":");
}

}  // namespace aiops::pack
