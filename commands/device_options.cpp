// SPDX-License-Identifier: Apache-2.0
#include "commands/device_options.hpp"

namespace aiops::commands {

// Both name code that is loaded, so a project file may not set them.
std::vector<Flag> device_flags() {
  return {{.name = "plugin",
           .value = "FILE",
           .help = "CUDA plug-in to open; without it, libaiops_cuda.so beside the program or in "
                   "../lib/aiops",
           .setting = "cuda.plugin",
           .complete = Complete::file,
           .suffixes = ".so",
           .reach = Reach::user},
          {.name = "lib-dir",
           .value = "DIRS",
           .help = "Where to look for NVIDIA's libraries after the system's own places, "
                   "separated by ':'",
           .setting = "cuda.lib_dir",
           .complete = Complete::directory,
           .reach = Reach::user}};
}

kernels::device::Search device_search(const Arguments& arguments) {
  return {arguments.path("plugin").value_or(""), arguments.text("lib-dir").value_or("")};
}

}  // namespace aiops::commands
