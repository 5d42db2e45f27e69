// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/fetch.hpp"
#include "pack/job_slots.hpp"

namespace aiops::pack {

// Fetches what is missing in several parts at once: one that the caller's own job pays for, one for
// `helper`, and one for each further job that is or becomes idle. Returns when everything is there
// and hashed, or with gaps left when the place no longer sends parts. Errors as complete().
void fetch_parts(Partial& partial, const Blob& blob, const Moved& moved, JobSlots::Lease helper);

}  // namespace aiops::pack
