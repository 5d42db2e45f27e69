// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "pack/descriptor.hpp"

#include <string>
#include <string_view>

namespace aiops::pack {

// Members of JSON from elsewhere. Each throws Error{failed} "WHAT: MEMBER is missing".
[[noreturn]] void refuse_json(std::string_view what, std::string_view member, std::string_view why);
std::string required_string(const Json& object, const char* member, std::string_view what);
std::string optional_string(const Json& object, const char* member, std::string_view what);
Annotations annotations_member(const Json& object, std::string_view what);

}  // namespace aiops::pack
