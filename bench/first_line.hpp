// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "base/file.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace aiops::bench {

// The first line of a small file of /proc or /sys, or nothing.
inline std::optional<std::string> first_line(const std::filesystem::path& file) {
  try {
    const std::string text = read_file(file, 1u << 20);
    return text.substr(0, text.find('\n'));
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace aiops::bench
