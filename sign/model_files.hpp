// SPDX-License-Identifier: Apache-2.0
// The files of a model directory, listed and hashed the way OMS signs them.
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "pack/digest_memory.hpp"
#include "sign/oms.hpp"

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace aiops::sign {

struct ModelFile {
  std::string name;  // relative, with `/`
  std::uint64_t size = 0;
};

struct Listing {
  std::vector<ModelFile> files;      // regular files
  std::vector<std::string> odd;      // links, devices, sockets, names that are not UTF-8
  std::vector<std::string> ignored;  // entries passed over because they are in `ignore`
};

// What OMS leaves out at the top of a model: .git .gitattributes .github .gitignore. The same names
// further down are signed.
const std::set<std::string>& git_paths();

// True for a regular file or a link to one.
bool is_file(const std::filesystem::path& path);

// Walks `directory`, or takes the one file that `directory` is (named by its basename). Links are
// not followed. `ignore` has exact relative paths; a directory in it takes its subtree along.
// Throws Error{failed} beyond 200,000 entries.
Listing list_files(const std::filesystem::path& directory, const std::set<std::string>& ignore);

// Hashes files in parallel, each read once in blocks of 1 MiB, in the order of `files`; one that
// `known` remembers is not read, and it gets to know the others. No part of a name may be a link by
// the time it is opened. Throws Error{failed} when a file changes meanwhile.
std::vector<Resource> hash_files(const std::filesystem::path& directory,
                                 const std::vector<ModelFile>& files, pack::DigestMemory& known,
                                 Status& status, const StopFlag& stop);

// What differs between a directory and the files that were signed. Only signed files are read, and
// these in full: a verdict rests on no memory.
std::vector<Difference> compare_files(const std::filesystem::path& directory,
                                      const Listing& listing, const OmsStatement& oms,
                                      Status& status, const StopFlag& stop);

}  // namespace aiops::sign
