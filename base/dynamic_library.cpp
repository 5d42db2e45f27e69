// SPDX-License-Identifier: Apache-2.0
#include "base/dynamic_library.hpp"

#include "base/error.hpp"

#include <dlfcn.h>

namespace aiops {

DynamicLibrary::DynamicLibrary(const char* name, std::string_view mend)
    : name_(name), handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) {
    const char* why = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc keeps it per thread
    throw Error(ExitCode::failed,
                "cannot open " + name_ + ": " + (why != nullptr ? why : "unknown cause"),
                std::string(mend));
  }
}

void* DynamicLibrary::address(const char* symbol) const {
  void* found = ::dlsym(handle_, symbol);
  if (found == nullptr) throw Error(ExitCode::failed, name_ + " has no function " + symbol);
  return found;
}

}  // namespace aiops
