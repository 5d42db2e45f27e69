// SPDX-License-Identifier: Apache-2.0
#include "commands/device_options.hpp"

#include "base/error.hpp"

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

std::vector<Flag> with_compute_flags(std::vector<Flag> flags) {
  flags.push_back({.name = "device",
                   .value = "WHAT",
                   .help = "What computes: the CPU, or a GPU by CUDA",
                   .choices = {"cpu", "cuda"},
                   .fallback = "cpu",
                   .setting = "compute.device",
                   .complete = Complete::choice});
  flags.push_back({.name = "gpu", .value = "N", .help = "Which GPU", .fallback = "0"});
  for (Flag& flag : device_flags()) flags.push_back(std::move(flag));
  return flags;
}

ComputeOptions resolve_compute(const Arguments& arguments) {
  ComputeOptions options{.gpu = {}, .search = device_search(arguments)};
  if (arguments.required_text("device") == "cuda")
    options.gpu = static_cast<int>(arguments.integer("gpu", 0, 1023).value());
  return options;
}

std::optional<bench::GpuChoice> resolve_bench_gpu(const Arguments& arguments) {
  const ComputeOptions compute = resolve_compute(arguments);
  if (!compute.gpu) {
    if (arguments.has("gpu"))
      throw Error(ExitCode::usage, "--gpu is for what runs on one", "--device cuda");
    return std::nullopt;
  }
  for (const char* flag : {"threads", "cold"})
    if (arguments.has(flag))
      throw Error(ExitCode::usage,
                  std::string("--") + flag +
                      " is of the CPU, and --device cuda "
                      "measures a GPU",
                  "leave it out, or --device cpu");
  return bench::GpuChoice{compute.search, *compute.gpu};
}

std::shared_ptr<const kernels::device::Device> ComputeOptions::open(train::Determinism determinism,
                                                                    int local_rank) const {
  return gpu ? train::open_device(*gpu, search, determinism, local_rank) : nullptr;
}

}  // namespace aiops::commands
