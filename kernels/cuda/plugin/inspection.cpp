// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/inspection.hpp"

#include "kernels/cuda/plugin/cublaslt.hpp"
#include "kernels/cuda/plugin/cudnn.hpp"
#include "kernels/cuda/plugin/fault.hpp"
#include "kernels/cuda/plugin/nccl.hpp"
#include "kernels/cuda/plugin/nvml.hpp"
#include "kernels/cuda/plugin/runtime.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

namespace aiops::kernels::cuda {
namespace {

enum class Need { everything, something };

class Chain {
 public:
  explicit Chain(aiops_inspection& to) : to_(to) {}

  // Adds a link that `describe` fills; what it throws is the link's problem.
  template <typename Describe>
  bool link(const char* name, Need need, const Describe& describe) {
    aiops_link& link = to_.link[to_.links++];
    put(link.name, name);
    aiops_fault fault{};
    if (guarded(&fault, [&] { describe(link); }) == AIOPS_OK) return true;
    link.state = need == Need::everything ? AIOPS_LINK_BROKEN : AIOPS_LINK_ABSENT;
    put(link.problem, fault.message);
    put(link.mend, fault.mend);
    return false;
  }

  // A library of NVIDIA's, whose table knows its version.
  template <typename Table>
  void library(const char* name, Need need, std::string_view dirs) {
    link(name, need, [&](aiops_link& link) {
      const Table table(dirs);
      put(link.path, table.library.path());
      put(link.version, table.version());
    });
  }

 private:
  aiops_inspection& to_;
};

int attribute(cudaDeviceAttr which, int ordinal) {
  int value = 0;
  return cudaDeviceGetAttribute(&value, which, ordinal) == cudaSuccess ? value : 0;
}

void describe(int ordinal, const Nvml* nvml, aiops_device_facts& facts) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, ordinal), "cudaGetDeviceProperties");
  facts.ordinal = ordinal;
  put(facts.name, properties.name);
  cudaDeviceGetPCIBusId(facts.pci, sizeof facts.pci, ordinal);
  facts.major = properties.major;
  facts.minor = properties.minor;
  put(facts.code, code_for(AIOPS_CUDA_ARCHITECTURES, facts.major, facts.minor));
  facts.memory = properties.totalGlobalMem;
  facts.multiprocessors = properties.multiProcessorCount;
  facts.l2_bytes = properties.l2CacheSize;
  facts.memory_bus_bits = properties.memoryBusWidth;
  facts.clock_mhz = attribute(cudaDevAttrClockRate, ordinal) / 1000;
  facts.memory_clock_mhz = attribute(cudaDevAttrMemoryClockRate, ordinal) / 1000;
  if (nvml == nullptr) return;
  facts.free = nvml->free_memory(facts.pci);
  facts.clock_now_mhz = nvml->clock_now(facts.pci, Nvml::sm);
  facts.memory_clock_now_mhz = nvml->clock_now(facts.pci, Nvml::memory);
}

bool runs_nothing(const aiops_device_facts& facts) { return facts.code[0] == '\0'; }

// The devices; the link is broken when there are none, or none that the code inside is for.
void find_devices(const Nvml* nvml, aiops_inspection& inspection) {
  int count = 0;
  check(cudaGetDeviceCount(&count), "cudaGetDeviceCount");
  inspection.devices_found = count;
  for (int i = 0; i < std::min(count, AIOPS_MOST_DEVICES); ++i)
    describe(i, nvml, inspection.device[inspection.devices++]);
  const std::span found(inspection.device, static_cast<std::size_t>(inspection.devices));
  if (!std::string_view(AIOPS_CUDA_ARCHITECTURES).empty() &&
      std::ranges::all_of(found, runs_nothing))
    throw Error(ExitCode::no_gpu,
                std::string("the plug-in has no code for ") + found[0].name +
                    " (compute capability " + std::to_string(found[0].major) + "." +
                    std::to_string(found[0].minor) + ")",
                "it has code for " AIOPS_CUDA_ARCHITECTURES);
}

void inspect_all(std::string_view dirs, aiops_inspection& inspection) {
  Chain chain(inspection);
  std::optional<Nvml> nvml;
  chain.link("driver", Need::everything, [&](aiops_link& link) {
    int count = 0;
    check(cudaGetDeviceCount(&count), "cudaGetDeviceCount");
    int version = 0;
    check(cudaDriverGetVersion(&version), "cudaDriverGetVersion");
    put(link.version, "for CUDA " + version_text(version));
  });
  aiops_link& driver = inspection.link[0];
  chain.link("CUDA runtime", Need::everything, [](aiops_link& link) {
    int version = 0;
    check(cudaRuntimeGetVersion(&version), "cudaRuntimeGetVersion");
    put(link.version, version_text(version));
    put(link.path, "inside the plug-in");
  });
  chain.library<CublasLt>("cuBLASLt", Need::everything, dirs);
  chain.library<Cudnn>("cuDNN", Need::something, dirs);  // else attention is our own
  chain.library<Nccl>("NCCL", Need::something, dirs);
  chain.link("NVML", Need::something, [&](aiops_link& link) {
    nvml.emplace(dirs);
    put(link.path, nvml->path());
    put(link.version, nvml->version());
    put(driver.version, nvml->driver_version() + ", " + driver.version);
  });
  if (driver.state != AIOPS_LINK_OK) return;
  chain.link("GPU", Need::everything, [&](aiops_link& link) {
    find_devices(nvml ? &*nvml : nullptr, inspection);
    put(link.version, std::to_string(inspection.devices_found));
  });
}

// "sm_90" or "compute_90" into 90; a trailing letter marks code for one version only.
struct Code {
  bool machine;
  int version;
  bool exact;
};

std::optional<Code> parse_code(std::string_view word) {
  Code code{word.starts_with("sm_"), 0, false};
  const std::string_view prefix = code.machine ? "sm_" : "compute_";
  if (!word.starts_with(prefix)) return std::nullopt;
  const char* first = word.data() + prefix.size();
  const char* last = word.data() + word.size();
  const auto [end, error] = std::from_chars(first, last, code.version);
  if (error != std::errc{}) return std::nullopt;
  code.exact = end != last;
  return code;
}

bool runs(const Code& code, int capability) {
  if (code.exact) return code.version == capability;
  return code.version <= capability && (!code.machine || code.version / 10 == capability / 10);
}

}  // namespace

std::string code_for(std::string_view architectures, int major, int minor) {
  std::optional<Code> best;
  while (!architectures.empty()) {
    const std::size_t end = std::min(architectures.find(' '), architectures.size());
    const auto code = parse_code(architectures.substr(0, end));
    architectures.remove_prefix(std::min(end + 1, architectures.size()));
    if (!code || !runs(*code, major * 10 + minor)) continue;
    // Machine code before PTX, then the newest.
    if (!best || std::pair(code->machine, code->version) > std::pair(best->machine, best->version))
      best = code;
  }
  if (!best) return {};
  const std::string version = std::to_string(best->version);
  return best->machine ? "sm_" + version + (best->exact ? "a" : "") : "PTX of compute_" + version;
}

void inspect(const aiops_cuda_options& options, aiops_inspection& inspection) noexcept {
  inspection = {};
  const char* dirs = options.library_dirs;
  guarded(nullptr, [&] { inspect_all(dirs == nullptr ? "" : dirs, inspection); });
}

}  // namespace aiops::kernels::cuda
