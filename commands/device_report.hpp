// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "bench/device_chain.hpp"

#include <cstdint>
#include <string>

namespace aiops::commands {

struct CpuReport {
  std::string model;                         // may be empty
  std::string fp32_products, bf16_products;  // what multiplies matrices
  std::size_t threads = 0;
  std::uint64_t memory = 0, available = 0;
};

OrderedJson to_json(const CpuReport& cpu);
OrderedJson to_json(const bench::DeviceChain& chain);
// A title and its lines, in columns.
std::string to_text(const CpuReport& cpu);
std::string to_text(const bench::DeviceChain& chain);

}  // namespace aiops::commands
