// SPDX-License-Identifier: Apache-2.0
// The operators on a real GPU against the reference, as a record that can be shared: which GPU,
// driver, libraries and program, when, and what became of each check.
#pragma once

#include "base/json.hpp"
#include "base/status.hpp"
#include "bench/device_chain.hpp"
#include "kernels/device/checks/workbench.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace aiops::bench {

inline constexpr const char* kSelftestSchema = "dev.aiops.device-selftest/v1";

using kernels::device::CheckResult;
using kernels::device::Determinism;

struct Selftest {
  Gpu gpu;
  std::vector<CheckResult> checks;

  std::size_t count(CheckResult::State state) const;
};

// The names of the checks that there are.
std::vector<std::string> selftest_names();

struct SelftestOptions {
  int ordinal = 0;  // of the GPU
  Determinism determinism = Determinism::off;
  std::vector<std::string> names = {};  // of checks; empty: all
};

// Throws Error{no_gpu} when there is no GPU of that number to use.
Selftest run_selftest(const DeviceChain& chain, const SelftestOptions& options, Status& status);

Json selftest_record(const DeviceChain& chain, const Selftest& selftest,
                     const std::string& started_at);

}  // namespace aiops::bench
