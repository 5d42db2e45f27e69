// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/data/batches.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace aiops::train {

// The stream cut into windows of `length` tokens; each predicts the token after it too.
class Windows final : public Batches {
 public:
  // Throws Error{failed} when the tokens do not fill one window for training and, unless
  // `validation` is 0, one for validation. `tokens` must live as long as `keep`, or this.
  Windows(std::span<const std::int32_t> tokens, std::int64_t length, double validation,
          std::uint64_t seed, std::shared_ptr<const void> keep = nullptr);

  std::string noun() const override { return "windows"; }

 private:
  void append(std::uint64_t window, Rows& rows) const override;

  std::span<const std::int32_t> tokens_;
  std::uint64_t length_;
  std::shared_ptr<const void> keep_;
};

}  // namespace aiops::train
