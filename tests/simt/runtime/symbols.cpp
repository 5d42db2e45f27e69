// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/runtime/symbols.hpp"

#include "tests/simt/runtime/report.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
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

std::string kernel_name(std::string demangled_name) {
  if (demangled_name.ends_with(')')) {
    std::size_t begin = demangled_name.size();
    for (int depth = 0; begin > 0;) {
      const char c = demangled_name[--begin];
      depth += c == ')' ? 1 : c == '(' ? -1 : 0;
      if (depth == 0) break;
    }
    demangled_name.resize(begin);
  }
  return demangled_name.starts_with("void ") ? demangled_name.substr(5) : demangled_name;
}

std::string kernel_of(const char* launch_name) {
  const std::string name = demangled(launch_name);  // …KernelName<&NAME> or …<&(void NAME(…))>
  const std::size_t begin = name.find("<&");
  if (begin == std::string::npos) return name;
  const std::string kernel = name.substr(begin + 2, name.size() - begin - 3);
  const bool wrapped = kernel.starts_with('(');
  return kernel_name(wrapped ? kernel.substr(1, kernel.size() - 2) : kernel);
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
  static std::vector<Range> segments = constant_segments();
  const auto holds = [p](const Range& segment) { return p >= segment.begin && p < segment.end; };
  if (std::any_of(segments.begin(), segments.end(), holds)) return true;
  segments = constant_segments();  // somebody may have opened a library since
  return std::any_of(segments.begin(), segments.end(), holds);
}

}  // namespace aiops::simt
