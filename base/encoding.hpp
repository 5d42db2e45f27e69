// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aiops {

std::string to_hex(std::string_view raw);
// Throws Error{failed} on an odd length or a character that is not hex.
std::string from_hex(std::string_view hex);

// RFC 4648 §4, with padding.
std::string to_base64(std::string_view raw);
// Accepts the standard (§4) and the URL-safe (§5) alphabet, padded or not, as DSSE asks of
// verifiers. Throws Error{failed} on anything else.
std::string from_base64(std::string_view text);

// True when `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);
// Text from elsewhere made safe for a terminal: control characters and broken UTF-8 become \xNN.
std::string printable(std::string_view text);

}  // namespace aiops
