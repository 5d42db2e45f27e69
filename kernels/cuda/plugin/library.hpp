// SPDX-License-Identifier: Apache-2.0
// NVIDIA's libraries are opened when they are needed and where the user has them. None is linked:
// the plug-in loads, and says what is missing, on a machine without any.
#pragma once

#include <string>
#include <string_view>

namespace aiops::kernels::cuda {

// What to open and what to say when it is not there.
struct LibraryName {
  const char* title;   // "cuBLASLt"
  const char* soname;  // "libcublasLt.so.13"
  const char* mend;
};

// Stays open for the life of the process: libraries with threads of their own do not survive being
// closed.
class Library {
 public:
  // Looks where the system looks, then in `dirs` (separated by ':'), then where NVIDIA's installers
  // put things. Throws Error{no_gpu}.
  Library(const LibraryName& name, std::string_view dirs);

  const std::string& path() const { return path_; }  // of the file that was found
  const LibraryName& name() const { return name_; }

  template <typename Function>
  void bind(Function*& function, const char* symbol) const {
    function = reinterpret_cast<Function*>(address(symbol));
  }

 private:
  void* address(const char* symbol) const;  // throws Error{no_gpu}: too old

  LibraryName name_;
  void* handle_ = nullptr;
  std::string path_;
};

// The members of a table of functions that have the names of the functions, and binding them.
#define AIOPS_MEMBER(function) decltype(&::function) function = nullptr;
#define AIOPS_BIND(function) library.bind(function, #function);

// "9.19.0" from 91900 with a unit of 10000, as cuDNN and NCCL write their versions.
std::string dotted_version(std::size_t version, std::size_t unit);

}  // namespace aiops::kernels::cuda
