// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"

#include <filesystem>

namespace aiops::train {

// Filesystem calls of the standard library, as Errors.
template <typename Action>
auto translated(const Action& action) {
  try {
    return action();
  } catch (const std::filesystem::filesystem_error& error) {
    const auto& path = error.path2().empty() ? error.path1() : error.path2();
    throw system_error(path.string(), error.code().value());
  }
}

}  // namespace aiops::train
