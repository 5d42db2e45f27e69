// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/file.hpp"
#include "base/thread_pool.hpp"
#include "pack/byte_source.hpp"
#include "pack/delta/format.hpp"
#include "pack/descriptor.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace aiops::pack {

// A file and the one that it is stored as a difference to; both have one size.
struct DeltaInput {
  ByteSource whole, base;
  Digest whole_digest, base_digest;  // SHA-256, claimed: the bytes are hashed as they are read
  std::vector<DeltaSection> sections;
  std::uint64_t self_contained = 0;  // bytes at the front that must not need the base
};

struct EncodedDelta {
  Digest digest;
  std::uint64_t size = 0;
};

// Writes the delta into `file`, which is empty. Both files are read once, from the front; memory
// is bounded by a few chunks a thread. `moved` hears the bytes of the whole as they are done, and
// may throw to stop. The same input gives the same bytes for any number of threads. Throws
// Error{unverified} when the bytes of one of the two are not those of its digest.
EncodedDelta encode_delta(const DeltaInput& input, TempFile& file, ThreadPool& threads,
                          const std::function<void(std::uint64_t)>& moved);

}  // namespace aiops::pack
