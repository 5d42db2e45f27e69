// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/repository.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace aiops::pack {

// Opens an OCI image layout (image-spec image-layout.md) as a Repository; `create` makes an empty
// one. Names in index.json are tags: org.opencontainers.image.ref.name. Blobs arrive in `ingest/`,
// are hashed on the way, fsynced and renamed; index.json is replaced atomically under an flock, so
// any number of processes may use one layout.
enum class Create { no, yes };
std::unique_ptr<Repository> open_layout(const std::filesystem::path& directory, Create create);

// The same over a tar file: read in place; written to a temporary layout and stored as FILE.tar by
// finish_archive().
std::unique_ptr<Repository> open_archive(const std::filesystem::path& file, Create create);
void finish_archive(Repository& archive);  // no effect on one opened for reading

// One name of the local store as a Repository: the store is a single layout whose ref names are
// `NAME:TAG`. A store that nobody has written to yet is an empty one, and with Create::no stays so.
std::unique_ptr<Repository> open_store(const std::filesystem::path& directory,
                                       const std::string& name, Create create = Create::yes);

}  // namespace aiops::pack
