// SPDX-License-Identifier: Apache-2.0
#include "bench/device_selftest.hpp"

#include "bench/host.hpp"
#include "bench/record.hpp"
#include "kernels/device/checks/checks.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace aiops::bench {
namespace {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json to_json(const CheckResult& check) {
  return {{"name", check.name},
          {"shape", check.shape},
          {"type", text_or_null(check.type)},
          {"state", name_of(check.state)},
          {"error", number(check.error)},
          {"allowed", check.allowed},
          {"remark", text_or_null(check.remark)}};
}

Json to_json(const Gpu& gpu) {
  return {{"name", gpu.name},
          {"compute_capability", std::to_string(gpu.major) + "." + std::to_string(gpu.minor)},
          {"code", text_or_null(gpu.code)},
          {"memory", gpu.memory},
          {"multiprocessors", gpu.multiprocessors},
          {"clock_mhz", gpu.clock},
          {"memory_clock_mhz", gpu.memory_clock}};
}

}  // namespace

std::size_t Selftest::count(CheckResult::State state) const {
  return static_cast<std::size_t>(std::ranges::count(checks, state, &CheckResult::state));
}

std::vector<std::string> selftest_names() {
  std::vector<std::string> names;
  for (const auto& check : kernels::device::device_checks()) names.emplace_back(check.name);
  return names;
}

Selftest run_selftest(const DeviceChain& chain, const SelftestOptions& options, Status& status) {
  const Gpu& gpu = require_gpu(chain, options.ordinal);
  const kernels::device::Device device(chain.plugin, options.ordinal, options.determinism);
  kernels::device::Workbench bench(device);
  for (const auto& check : kernels::device::device_checks()) {
    const bool is_wanted =
        options.names.empty() || std::ranges::count(options.names, check.name) > 0;
    if (!is_wanted) continue;
    status.detail(std::string("checking ") + check.name);
    check.run(bench);
  }
  return {.gpu = gpu, .checks = bench.results()};
}

Json selftest_record(const DeviceChain& chain, const Selftest& selftest,
                     const std::string& started_at) {
  Json links = Json::object();
  for (const DeviceLink& link : chain.links)
    if (link.state == DeviceLink::State::ok) links[link.name] = link.version;
  Json checks = Json::array();
  for (const CheckResult& check : selftest.checks) checks.push_back(to_json(check));
  return {{"schema", kSelftestSchema},
          {"id", make_uuid7()},
          {"started_at", started_at},
          {"tool", describe_tool()},
          {"host", describe_host()},
          {"gpu", to_json(selftest.gpu)},
          {"versions", links},
          {"checks", checks},
          {"agrees", selftest.count(CheckResult::State::agrees)},
          {"differs", selftest.count(CheckResult::State::differs)},
          {"not_served", selftest.count(CheckResult::State::not_served)}};
}

}  // namespace aiops::bench
