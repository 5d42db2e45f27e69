// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/partial.hpp"
#include "pack/repository.hpp"

#include <functional>

namespace aiops::pack {

using Moved = std::function<void(std::uint64_t)>;

// Fills a partial from its blob until its bytes match the digest: only then does it return. Bytes
// of an earlier run that prove wrong are thrown away and everything is fetched once more. `moved`
// hears the bytes that arrive, from one thread at a time, and may throw to stop. Throws unverified
// (digest-mismatch; the partial is gone), unavailable when the source ends early (the partial stays
// for the next run), and what the source throws.
void complete(Partial& partial, const Blob& blob, const Moved& moved);

}  // namespace aiops::pack
