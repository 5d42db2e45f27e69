// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/plugin.hpp"

#include "base/dynamic_library.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace aiops::kernels::device {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = "libaiops_cuda.so";
constexpr const char* kMend =
    "install a build with the CUDA backend, or name its plug-in: AIOPS_CUDA_PLUGIN=FILE";

struct Known {
  const char* name;
  std::uint64_t bytes;
};
#define AIOPS_KNOWN(operator_name) Known{#operator_name, sizeof(aiops_##operator_name)},
constexpr Known kKnown[] = {AIOPS_DEVICE_OPERATORS(AIOPS_KNOWN)};
#undef AIOPS_KNOWN

fs::path find_plugin(const Search& search) {
  const auto candidates = plugin_candidates(search);
  std::error_code none;
  for (const fs::path& file : candidates)
    if (fs::exists(file, none)) return file;
  if (!search.plugin.empty())
    throw Error(ExitCode::no_gpu, search.plugin.string() + ": there is no such plug-in",
                "AIOPS_CUDA_PLUGIN must name " + std::string(kFile));
  throw Error(ExitCode::no_gpu,
              std::string("the CUDA plug-in ") + kFile + " is neither in " +
                  candidates.front().parent_path().string() + " nor in " +
                  candidates.back().parent_path().string(),
              kMend);
}

const aiops_cuda_api& load(const fs::path& file) {
  const aiops_cuda_api* api = nullptr;
  try {
    const DynamicLibrary library(file.c_str(), "");
    api = library.function<aiops_cuda_api_function>(AIOPS_CUDA_API_SYMBOL)();
  } catch (const Error& error) {
    throw Error(ExitCode::no_gpu, error.message, kMend);
  }
  if (api == nullptr || api->abi != AIOPS_CUDA_ABI || api->bytes != sizeof(aiops_cuda_api))
    throw Error(ExitCode::no_gpu,
                file.string() + ": is of another version of aiops (its interface is " +
                    std::to_string(api == nullptr ? 0 : api->abi) + ", this program's " +
                    std::to_string(AIOPS_CUDA_ABI) + ")",
                "install program and plug-in from one build");
  return *api;
}

}  // namespace

std::vector<fs::path> plugin_candidates(const Search& search) {
  // With a slash: dlopen looks a plain name up elsewhere.
  if (!search.plugin.empty()) return {fs::absolute(search.plugin)};
  std::error_code none;
  const fs::path folder = fs::read_symlink("/proc/self/exe", none).parent_path();
  return {folder / kFile, (folder / "../lib/aiops").lexically_normal() / kFile};
}

std::shared_ptr<const Plugin> Plugin::open(const Search& search) {
  const fs::path file = find_plugin(search);
  return std::shared_ptr<const Plugin>(new Plugin(file, load(file), search));
}

Plugin::Plugin(fs::path path, const aiops_cuda_api& api, Search search)
    : path_(std::move(path)),
      api_(&api),
      search_(std::move(search)),
      operators_(std::size(kKnown), nullptr) {
  for (std::uint64_t i = 0; i < api.operators; ++i) {
    const aiops_operator& one = api.operator_table[i];
    const auto known = std::ranges::find_if(
        kKnown, [&](const Known& k) { return std::strcmp(k.name, one.name) == 0; });
    if (known != std::end(kKnown) && known->bytes == one.parameters_bytes)
      operators_[static_cast<std::size_t>(known - kKnown)] = &one;
  }
}

aiops_cuda_options Plugin::options(int ordinal) const {
  return {.library_dirs = search_.library_dirs.c_str(),
          .ordinal = ordinal,
          .deterministic = 0,
          .kernels = AIOPS_BEST_KERNELS};
}

std::unique_ptr<aiops_inspection> Plugin::inspect() const {
  auto inspection = std::make_unique<aiops_inspection>();
  const aiops_cuda_options how = options();
  api_->inspect(&how, inspection.get());
  return inspection;
}

void require(std::int32_t code, const aiops_fault& fault) {
  if (code == AIOPS_OK) return;
  throw Error(code == AIOPS_NO_GPU ? ExitCode::no_gpu : ExitCode::failed, fault.message,
              fault.mend);
}

}  // namespace aiops::kernels::device
