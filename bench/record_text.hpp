// SPDX-License-Identifier: Apache-2.0
// A record in words.
#pragma once

#include "base/json.hpp"

#include <optional>
#include <string>

namespace aiops::bench {

std::string text_of(const Json& value);  // a string as it is, anything else as JSON

// "hash: algorithm sha256, block_bytes 64, threads 1".
std::string workload_text(const Json& record);
// The same, and "; OpenSSL".
std::string name_of(const Json& record);

// The first figure: its half interval, and its share of a ceiling: "measured", beside it, or
// "datasheet".
std::optional<double> noise_of(const Json& record);
std::optional<double> share_of(const Json& record, const char* ceiling);
std::optional<double> share_of_ceiling(const Json& record);  // that was measured

// "1.95 GB/s ± 0.4 %, 87 % of what the machine could do".
std::string figure_text(const Json& record);

// The GPU that it ran on, or the CPU.
std::string machine_text(const Json& record);

}  // namespace aiops::bench
