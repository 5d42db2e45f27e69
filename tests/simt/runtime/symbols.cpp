// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/runtime/symbols.hpp"

#include "tests/simt/runtime/report.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <link.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

namespace aiops::simt {
namespace {

struct Range {
  const char* begin;
  const char* end;
};

std::vector<Range> constant_segments() {
  std::vector<Range> segments;
  dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* out) {
        for (int i = 0; i < object->dlpi_phnum; ++i) {
          const auto& header = object->dlpi_phdr[i];
          if (header.p_type != PT_LOAD || (header.p_flags & PF_W) != 0) continue;
          const auto* begin = reinterpret_cast<const char*>(object->dlpi_addr + header.p_vaddr);
          static_cast<std::vector<Range>*>(out)->push_back({begin, begin + header.p_memsz});
        }
        return 0;
      },
      &segments);
  return segments;
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string all;
  char line[1024];
  while (pipe && std::fgets(line, sizeof line, pipe.get()) != nullptr) {
    const std::string_view place(line);
    const std::size_t name = place.rfind('/') + 1;
    const std::size_t end = place.find_first_of(" \n", name);
    all += (all.empty() ? "" : ", inlined at ") + std::string(place.substr(name, end - name));
  }
  return all;
}

}  // namespace

std::string demangled(const char* name) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
  return status == 0 ? text.get() : name;
}

std::string kernel_of(const char* launch_name) {
  std::string name = demangled(launch_name);  // …KernelName<&(void NAME(…))>
  const std::size_t begin = name.find("<&");
  if (begin == std::string::npos) return name;
  name = name.substr(begin + 2, name.size() - begin - 3);
  if (name.size() > 1 && name.front() == '(') name = name.substr(1, name.size() - 2);
  return name;
}

std::string source_of(const void* pc) {
  Dl_info object;
  if (dladdr(pc, &object) == 0) return text("%p", pc);
  const std::size_t offset = static_cast<std::size_t>(static_cast<const char*>(pc) -
                                                      static_cast<const char*>(object.dli_fbase));
  const std::string place =
      output_of(text("addr2line -i -e '%s' 0x%zx 2>/dev/null", object.dli_fname, offset - 1));
  return place.empty() || place.find('?') != std::string::npos ? text("0x%zx", offset) : place;
}

bool is_constant(const char* p) {
  static const std::vector<Range> segments = constant_segments();
  for (const Range& segment : segments)
    if (p >= segment.begin && p < segment.end) return true;
  return false;
}

}  // namespace aiops::simt
