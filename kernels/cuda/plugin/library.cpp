// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/library.hpp"

#include "base/error.hpp"

#include <dlfcn.h>
#include <link.h>

#include <vector>

namespace aiops::kernels::cuda {
namespace {

constexpr const char* kInstalled[] = {"/usr/local/cuda/lib64", "/usr/local/cuda/lib"};

std::vector<std::string> files_of(const char* soname, std::string_view dirs) {
  std::vector<std::string> files{soname};
  while (!dirs.empty()) {
    const std::size_t end = std::min(dirs.find(':'), dirs.size());
    if (end > 0) files.push_back(std::string(dirs.substr(0, end)) + "/" + soname);
    dirs.remove_prefix(std::min(end + 1, dirs.size()));
  }
  for (const char* dir : kInstalled) files.push_back(std::string(dir) + "/" + soname);
  return files;
}

std::string path_of(void* handle, const std::string& otherwise) {
  link_map* map = nullptr;
  if (::dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || map == nullptr) return otherwise;
  return map->l_name;
}

}  // namespace

Library::Library(const LibraryName& name, std::string_view dirs) : name_(name) {
  std::string why;
  for (const std::string& file : files_of(name.soname, dirs)) {
    handle_ = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ != nullptr) {
      path_ = path_of(handle_, file);
      return;
    }
    const char* said = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc keeps it per thread
    // A file that is there and cannot be loaded tells more than the places that have none.
    const std::string_view text = said == nullptr ? "" : said;
    if (why.empty() || text.find("No such file") == std::string_view::npos) why = text;
  }
  throw Error(ExitCode::no_gpu, "cannot open " + (why.empty() ? std::string(name.soname) : why),
              name.mend);
}

void* Library::address(const char* symbol) const {
  void* found = ::dlsym(handle_, symbol);
  if (found == nullptr)
    throw Error(ExitCode::no_gpu, path_ + " has no function " + symbol + ": it is too old",
                name_.mend);
  return found;
}

std::string dotted_version(std::size_t version, std::size_t unit) {
  return std::to_string(version / unit) + "." + std::to_string(version % unit / 100) + "." +
         std::to_string(version % 100);
}

}  // namespace aiops::kernels::cuda
