// SPDX-License-Identifier: Apache-2.0
#include "pack/archive_library.hpp"

#include "base/dynamic_library.hpp"

namespace aiops::pack {
namespace {

ArchiveLibrary open_library() {
  static const DynamicLibrary library("libarchive.so.13", "apt-get install libarchive13");
  ArchiveLibrary functions{};
#define AIOPS_FIND(name) functions.name = library.function<decltype(::name)>(#name);
  AIOPS_ARCHIVE_FUNCTIONS(AIOPS_FIND)
#undef AIOPS_FIND
  return functions;
}

}  // namespace

const ArchiveLibrary& libarchive() {
  static const ArchiveLibrary functions = open_library();
  return functions;
}

}  // namespace aiops::pack
