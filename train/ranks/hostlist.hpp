// SPDX-License-Identifier: Apache-2.0
// Slurm's short forms for many hosts and many counts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// "gpu[001-003,010],login1" -> gpu001, gpu002, gpu003, gpu010, login1, in that order. A name may
// have several brackets, the last one running fastest. Throws Error{usage} naming `what` for
// anything else, and for more than 65536 hosts.
std::vector<std::string> expand_hostlist(std::string_view list, std::string_view what);

// "2(x3),1" -> 2, 2, 2, 1: tasks on each node. The same limits.
std::vector<int> expand_counts(std::string_view list, std::string_view what);

}  // namespace aiops::train
