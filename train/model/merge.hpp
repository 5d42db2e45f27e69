// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/model/model.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <string>

namespace aiops::train {

// The tokens that are computed before and after.
inline constexpr std::int64_t kMergeSample = 32;

// Adds the adapters to the weights of their base, which the model then has for good, and writes the
// directory of the merged model. Before it returns, what lies on the disk is read again, and its
// logits are those of the adapted model to 1e-4 of the largest: throws Error{failed} when not.
void write_merged(const std::filesystem::path& directory, Model& adapted,
                  const Tokenizer& tokenizer, const std::string& card,
                  const std::string& chat_template);

}  // namespace aiops::train
