// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

// How often this program has called operator new, which allocation_count.cpp replaces. A file of
// its own, so that no compiler sees a replaced operator beside an inlined one.
std::size_t allocation_count();
