// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace aiops::train {

// Bytes that this process can still take before the kernel starts killing: MemAvailable, or what
// the control groups that it lives in leave of their limits where that is less. Nothing when the
// system does not say. The arguments are for tests.
std::optional<std::uint64_t> available_memory(
    const std::filesystem::path& proc = "/proc",
    const std::filesystem::path& cgroups = "/sys/fs/cgroup");

// Bytes that this process has in memory now; nothing when the system does not say.
std::optional<std::uint64_t> resident_memory(const std::filesystem::path& proc = "/proc");

}  // namespace aiops::train
