// SPDX-License-Identifier: Apache-2.0
// JSON at the doors. Include <nlohmann/json.hpp> in the .cpp that looks inside: the full header
// costs a second.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace aiops {

using Json = nlohmann::json;                 // what we read: members sorted, look-up by key
using OrderedJson = nlohmann::ordered_json;  // what we write: members in the order given

struct JsonLimits {
  std::size_t bytes = 4u << 20;  // distribution-spec: manifests of up to 4 MiB
  std::size_t depth = 64;
};

// Parses bytes from elsewhere. Refuses duplicate keys, invalid UTF-8, trailing text and anything
// over the limits. Throws Error{failed} that names `what` and the byte offset.
Json parse_json(std::string_view bytes, std::string_view what, JsonLimits limits = {});

// A number of JSON without fraction that Whole holds: nlohmann's own get() casts whatever number it
// finds. Throws Json::type_error for any other value.
template <typename Whole>  // std::int64_t or std::uint64_t
Whole whole_number(const Json& value);

// Compact text, members in their order, no escaping beyond what RFC 8259 demands.
std::string to_text(const Json& value);
std::string to_text(const OrderedJson& value);

}  // namespace aiops
