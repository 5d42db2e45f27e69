// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/http.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace aiops::registry {

// Content-Range of a 206: `bytes FIRST-LAST/TOTAL`, where the total may be `*`.
struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::optional<std::uint64_t> total;
};

std::optional<ContentRange> parse_content_range(std::string_view text);

// Whether a 206 delivers what was asked for, from `begin` and not beyond `end`, of a blob of `size`
// bytes, unencoded.
bool is_part(const Response& response, std::uint64_t begin, std::uint64_t end, std::uint64_t size);

// Decides what a 2xx answer to a GET from `offset` of a blob of `size` bytes delivers: how many of
// its bytes come before `offset` and must be dropped (a 200 sends the blob from its start). Throws
// Error{unverified, digest-mismatch} when the answer cannot be that blob: another total, an
// encoding, another start, several parts.
std::uint64_t bytes_to_skip(const Response& response, std::uint64_t offset, std::uint64_t size);

}  // namespace aiops::registry
