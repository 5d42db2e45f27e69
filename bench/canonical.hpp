// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"

#include <string>

namespace aiops::bench {

// RFC 8785: members sorted, no white space, numbers as ECMAScript writes them. The same value is
// the same bytes, so a record can be hashed and signed. Member names must be ASCII (ours are).
// Throws Error{failed} on a number that JSON cannot hold.
std::string to_canonical(const Json& value);

// RFC 8785 section 3.2.2.3: the shortest digits that read back as the same double.
std::string canonical_number(double value);

}  // namespace aiops::bench
