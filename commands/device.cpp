// SPDX-License-Identifier: Apache-2.0
#include "commands/device.hpp"

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "base/units.hpp"
#include "bench/host.hpp"
#include "commands/device_plan.hpp"
#include "commands/device_report.hpp"
#include "commands/device_selftest.hpp"
#include "train/available_memory.hpp"
#include "train/model/model.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Says what this machine can compute with: the CPU, which always works, and a GPU, link by "
    "link: "
    "the plug-in and the interface that it speaks, the code inside, the driver, the libraries with "
    "their versions and where they were found, the GPUs. What is missing comes with what to do. "
    "Nothing is computed and nothing is changed.\n\n"
    "The program itself needs no file of CUDA. Its plug-in, libaiops_cuda.so, has the CUDA runtime "
    "inside and opens cuBLASLt, cuDNN, NCCL and NVML where the system has them.\n\n"
    "The exit code is 0 whatever was found; with --require cuda it is 7 when a GPU cannot be used.";

DeviceOptions resolve(const Arguments& arguments) {
  return {device_search(arguments), arguments.text("require") == "cuda"
                                        ? DeviceOptions::Require::cuda
                                        : DeviceOptions::Require::nothing};
}

CpuReport describe_cpu() {
  const Json host = bench::describe_host();
  CpuReport cpu;
  if (host["cpu"].is_object() && host["cpu"]["model"].is_string())
    cpu.model = host["cpu"]["model"].get<std::string>();
  cpu.fp32_products = kernels::gemm_engine(train::Precision::fp32);
  cpu.bf16_products = kernels::gemm_engine(train::Precision::bf16);
  cpu.threads = ThreadPool().size();
  cpu.memory = host["mem"]["total"].get<std::uint64_t>();
  cpu.available = train::available_memory().value_or(0);
  return cpu;
}

}  // namespace

Verb device_verb() {
  Verb verb;
  verb.name = "device";
  verb.summary = "Show what this machine can compute with";
  verb.description = kDescription;
  verb.flags = device_flags();
  verb.flags.push_back({.name = "require",
                        .value = "BACKEND",
                        .help = "Exit with 7 when it cannot be used",
                        .choices = {"cuda"}});
  verb.examples = {{"aiops device", "what is there, and what is missing"},
                   {"aiops device -o json", "for a script"},
                   {"aiops device --require cuda || [ $? = 7 ]", "is there a GPU to use?"}};
  verb.verbs = {device_selftest_verb(), device_plan_verb()};
  verb.run = [](const Arguments& arguments, Context& context) {
    device(resolve(arguments), context);
  };
  return verb;
}

void device(const DeviceOptions& options, Context& context) {
  const CpuReport cpu = describe_cpu();
  const bench::DeviceChain chain = bench::inspect_devices(options.search);
  context.report.answer(chain.broken() == nullptr ? "cuda" : "cpu",
                        {{"cpu", to_json(cpu)}, {"cuda", to_json(chain)}},
                        to_text(cpu) + to_text(chain));
  if (options.require == DeviceOptions::Require::cuda) bench::require_gpu(chain);
}

}  // namespace aiops::commands
