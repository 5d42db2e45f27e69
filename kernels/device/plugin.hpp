// SPDX-License-Identifier: Apache-2.0
// The CUDA plug-in as the program sees it: found, opened and asked. The program itself needs no
// file of CUDA; everything that does is behind kernels/device/abi.h.
#pragma once

#include "kernels/device/abi.h"
#include "kernels/device/operators.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace aiops::kernels::device {

// Where to look for the plug-in and, for the plug-in, for NVIDIA's libraries.
struct Search {
  std::filesystem::path plugin;  // empty: beside the program, then in ../lib/aiops
  std::string library_dirs;      // separated by ':', after the system's own places
};

// The files that are tried, in their order.
std::vector<std::filesystem::path> plugin_candidates(const Search& search);

// An operator's index in the table, from the type of its parameters.
enum class Operator : std::size_t {
#define AIOPS_ENUMERATOR(name) name,
  AIOPS_DEVICE_OPERATORS(AIOPS_ENUMERATOR)
#undef AIOPS_ENUMERATOR
};

template <typename Parameters>
struct OperatorOf;
#define AIOPS_OPERATOR_OF(operator_name)                       \
  template <>                                                  \
  struct OperatorOf<aiops_##operator_name> {                   \
    static constexpr Operator value = Operator::operator_name; \
    static constexpr const char* name = #operator_name;        \
  };
AIOPS_DEVICE_OPERATORS(AIOPS_OPERATOR_OF)
#undef AIOPS_OPERATOR_OF

// Stays open for the life of the process, however many of these there are.
class Plugin {
 public:
  // Throws Error{no_gpu} with what to do: not found, not loadable, or of another version.
  static std::shared_ptr<const Plugin> open(const Search& search);

  const std::filesystem::path& path() const { return path_; }
  const aiops_cuda_api& api() const { return *api_; }
  // nullptr: this plug-in does not have it.
  const aiops_operator* find(Operator which) const {
    return operators_[static_cast<std::size_t>(which)];
  }
  aiops_cuda_options options(int ordinal = 0) const;
  // What there is, from the driver to the devices.
  std::unique_ptr<aiops_inspection> inspect() const;

 private:
  Plugin(std::filesystem::path path, const aiops_cuda_api& api, Search search);

  std::filesystem::path path_;
  const aiops_cuda_api* api_;
  Search search_;
  std::vector<const aiops_operator*> operators_;
};

// Throws what the plug-in said: Error{no_gpu} or Error{failed}.
void require(std::int32_t code, const aiops_fault& fault);

}  // namespace aiops::kernels::device
