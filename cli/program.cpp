// SPDX-License-Identifier: Apache-2.0
#include "cli/program.hpp"

#include "base/version.hpp"

#include <cstdio>
#include <string_view>

namespace aiops {

int run_program(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--version") {
    std::printf("aiops %s\n", kVersion);
    return 0;
  }
  std::fputs("usage: aiops VERB [ARGUMENT]...\n", stderr);
  return 2;
}

}  // namespace aiops
