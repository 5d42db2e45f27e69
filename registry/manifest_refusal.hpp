// SPDX-License-Identifier: Apache-2.0
// Why a registry does not take a push, in words that say what to do.
#pragma once

#include "registry/remote.hpp"

#include <string>
#include <string_view>

namespace aiops::registry {

// 400 or 409: some registries do not let a tag be moved.
bool says_tag_is_taken(const Response& response);

// Throws pack::MissingBlobs, Error{conflict} for a tag that is taken, or what refusal() makes of
// the answer, with the mend where artifacts are refused or the repository has to be created first.
[[noreturn]] void throw_manifest_refusal(const Remote& remote, const Response& response,
                                         const pack::Document& document, std::string_view tag);

// refusal(), with the command that creates the repository when it is what lacks.
Error repository_refusal(const Remote& remote, const Response& response, const std::string& action);

}  // namespace aiops::registry
