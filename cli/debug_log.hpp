// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aiops {

// One line with a time stamp on standard error. Secrets are masked once more here, whatever the
// caller did.
void log_debug(std::string_view what);

// Replaces what must not reach a log by "***": the credentials of Authorization, Cookie and similar
// headers, values of keys such as password, token or secret, user info in URLs, and the query
// parameters that sign an URL or continue an upload (_state, X-Amz-*, sig, …).
std::string mask_secrets(std::string_view text);

}  // namespace aiops
