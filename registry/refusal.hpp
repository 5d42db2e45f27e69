// SPDX-License-Identifier: Apache-2.0
// Answers and failures of a registry, in words and exit codes.
#pragma once

#include "base/error.hpp"
#include "registry/http.hpp"

#include <string>
#include <string_view>

namespace aiops::registry {

// What the server says about a failure, from OCI JSON, {"details"}, {"message"} or the first 200
// characters of anything else, made printable: ": the text", or empty.
std::string server_text(const Response& response);

// The `code` of the first OCI error in the body ("BLOB_UPLOAD_INVALID"), or empty.
std::string error_code(const Response& response);

// The Error for an answer that is not the wanted one: "cannot ACTION: the reason". 401 and 403 are
// denied with a `login` to try, 404 not_found, transient statuses unavailable, the rest failed.
Error refusal(const Response& response, std::string_view action);

// The Error{unavailable} for a server that gave no answer.
Error unreachable(const TransportFailure& failure, const Url& url);

}  // namespace aiops::registry
