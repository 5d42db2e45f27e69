// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace aiops::registry {

// What a realm grants (distribution token specification, RFC 6749 §5.1).
struct TokenAnswer {
  std::string token;  // fit for a header field
  // From now on, by our own clock: issued_at comes from one that may be skewed. A minute when the
  // answer states none, or no life at all; a day at most.
  std::chrono::seconds life;
};

// Throws Error{failed} naming `host` when there is no usable token in the body.
TokenAnswer parse_token_answer(std::string_view body, const std::string& host);

}  // namespace aiops::registry
