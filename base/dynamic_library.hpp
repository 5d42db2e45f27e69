// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aiops {

// A shared library opened on first use rather than at start. Stays open for the life of the
// process: libraries that start threads do not survive being closed.
class DynamicLibrary {
 public:
  // Tries `name` (a soname). Throws Error{failed} with `mend`, such as "apt-get install libcurl4".
  DynamicLibrary(const char* name, std::string_view mend);

  template <typename Function>
  Function* function(const char* symbol) const {
    return reinterpret_cast<Function*>(address(symbol));
  }
  // The same for a table of functions, whose types say what is sought.
  template <typename Function>
  void find(Function*& entry, const char* symbol) const {
    entry = function<Function>(symbol);
  }

 private:
  void* address(const char* symbol) const;  // throws Error{failed} when missing
  std::string name_;
  void* handle_;
};

}  // namespace aiops
