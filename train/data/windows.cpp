// SPDX-License-Identifier: Apache-2.0
#include "train/data/windows.hpp"

#include "base/error.hpp"

#include <string>

namespace aiops::train {

Windows::Windows(std::span<const std::int32_t> tokens, std::int64_t length, double validation,
                 std::uint64_t seed, std::shared_ptr<const void> keep)
    : tokens_(tokens), length_(static_cast<std::uint64_t>(length)), keep_(std::move(keep)) {
  // The last token of a window's targets is the first of the next window.
  const std::uint64_t all = tokens.empty() ? 0 : (tokens.size() - 1) / length_;
  if (!split(all, validation, seed))
    throw Error(ExitCode::failed,
                "the data is too small: " + std::to_string(tokens.size()) + " tokens make " +
                    std::to_string(all) + " windows of " + std::to_string(length),
                "give more text, or set batch.length lower");
}

void Windows::append(std::uint64_t window, Rows& rows) const {
  const auto here = tokens_.subspan(window * length_, length_ + 1);
  rows.tokens.insert(rows.tokens.end(), here.begin(), here.end() - 1);
  rows.targets.insert(rows.targets.end(), here.begin() + 1, here.end());
}

}  // namespace aiops::train
