// SPDX-License-Identifier: Apache-2.0
// What each launcher puts into the environment of the processes that it starts; one function each.
#pragma once

#include "train/ranks/ranks.hpp"

#include <span>

namespace aiops::train {

// What one launcher says. Of a launcher that starts one process a node, rank and size count nodes.
struct Said {
  std::string rank_name, size_name;  // the variables, for complaints
  int rank = 0;
  int size = 0;         // 0: it does not say
  int local_rank = -1;  // -1: it does not say
  int local_size = 0;   // 0: it does not say
  std::string address = {};
  std::uint16_t port = 0;
  std::string job = {};
};

// A count, a rank or a port. Throws Error{usage} naming the variable unless it is a number of at
// most 65535.
std::optional<int> number_of(const Lookup& environment, std::string_view name);

// Each returns nothing when its launcher did not start this process.
using Launcher = std::optional<Said> (*)(const Lookup&);
std::span<const Launcher> process_launchers();  // in the order of precedence
std::span<const Launcher> node_launchers();

}  // namespace aiops::train
