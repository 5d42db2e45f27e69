// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aiops::registry {

// A server's words without the secrets that it may repeat from our request or its own links: what
// follows `Basic` and `Bearer`, the queries of URLs, and parameters such as `_state`, `sig`,
// `token` and `X-Amz-…`, wherever they stand. Each becomes "…". To be applied before the text is
// cut short.
std::string redacted(std::string_view text);

}  // namespace aiops::registry
