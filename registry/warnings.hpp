// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "registry/http.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace aiops::registry {

// The text of a Warning field for clients (distribution-spec 1.1 §warnings): `299 - "text"`.
// Nothing when it is anything else.
std::optional<std::string> parse_warning(std::string_view field);

// Passes the registry's warnings on to a person, each text once in the life of the process, and no
// more than a few of them.
void show_warnings(const Response& response, const std::string& registry, Status& status);

}  // namespace aiops::registry
