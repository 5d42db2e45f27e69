// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/suite.hpp"
#include "train/ranks/collective.hpp"

#include <cstdint>
#include <vector>

namespace aiops::bench {

struct AllreducePlan {
  std::vector<std::int64_t> sizes;  // bytes that each rank brings
};

// The sum of gradients over the ranks of this host as a training step makes it: they agree on a few
// numbers and add up their arrays. Its ceiling, in turns with it, is what all ranks at once copy.
// The first rank runs the suite; the others do what it says until its end. Both throw Error{failed}
// when the memory does not suffice or a sum has other bits than it should.
Suite allreduce_suite(const AllreducePlan& plan, train::Collective& ranks);
void follow_allreduce(const AllreducePlan& plan, train::Collective& ranks);

}  // namespace aiops::bench
