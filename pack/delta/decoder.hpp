// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.hpp"
#include "pack/byte_source.hpp"
#include "pack/delta/format.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace aiops::pack {

// Fills the span with the next bytes of a file, or throws. Called from one thread at a time.
using InOrder = std::function<void(std::span<std::byte>)>;
InOrder in_order(ByteSource source);

// The bytes of the file that a delta stands for, made from those of its base, which may come from
// another delta. `whole` and `base` are what the delta is expected to be about. The base's digest
// is checked: when the last byte has been given, it was right. Whoever takes the bytes checks
// theirs. Memory is bounded by a few chunks a thread. Throws Error{failed} for a damaged delta,
// Error{unverified} when it is about other files, or its base has other bytes.
InOrder rebuilt_in_order(ByteSource delta, InOrder base, const Digest& whole, std::uint64_t size,
                         const Digest& base_digest, ThreadPool& threads);

// What a delta holds of its file without its base, to be read anywhere: its own header, as
// encode_delta() was told. Elsewhere reading throws Error{failed}.
ByteSource self_contained(ByteSource delta);

}  // namespace aiops::pack
