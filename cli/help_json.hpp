// SPDX-License-Identifier: Apache-2.0
// What the help pages say, for programs: made from the same structs.
#pragma once

#include "base/json.hpp"
#include "cli/topics.hpp"
#include "cli/verb.hpp"

#include <vector>

namespace aiops {

// Of the last verb in `path`, or of the program when `path` holds only that.
OrderedJson help_value(const std::vector<const Verb*>& path);
OrderedJson help_value(const Topic& topic);

}  // namespace aiops
