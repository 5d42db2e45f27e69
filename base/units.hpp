// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aiops {

// "0 B", "999 B", "1.5 KiB", "2.0 GiB": three significant digits at most.
std::string format_bytes(std::uint64_t bytes);
// "135M", "1.1B", "4.2K": the ModelPack `paramSize` form, one decimal at most.
std::string format_count(std::uint64_t count);
// "1 file", "3 files".
std::string counted(std::uint64_t count, std::string_view one);
// "0.4s", "12s", "3m05s", "2h10m".
std::string format_duration(double seconds);
// The shortest text that reads back as the same double: "0.1", "1e-05", "3".
std::string format_number(double value);
// A bound in a complaint: a whole number in full, never "1e+05".
inline std::string format_bound(std::int64_t value) { return std::to_string(value); }
inline std::string format_bound(double value) { return format_number(value); }

// "512", "64KiB", "2GiB", "1.5G" (K, M, G, T are powers of 1024 here) -> bytes. Throws Error{usage}
// naming `what`.
std::uint64_t parse_bytes(std::string_view text, std::string_view what);

}  // namespace aiops
