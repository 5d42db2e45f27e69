// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.hpp"
#include "pack/gguf.hpp"
#include "train/model/model.hpp"

namespace aiops::train {

// Fills the model's parameters from the file's tensors, in whatever formats they are (see
// gguf_blocks.hpp); a classifier's but for its head. Throws Error{failed} naming the tensor that is
// missing, unknown, of another shape or of a format that is not supported.
void load_gguf_weights(const pack::ByteSource& source, const pack::GgufHeader& header, Model& model,
                       ThreadPool& threads);

}  // namespace aiops::train
