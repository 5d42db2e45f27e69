// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/curl_library.hpp"
#include "registry/http_client.hpp"

#include <string>

namespace aiops::registry {

// What libcurl knows about a call that failed.
struct CurlFailure {
  CURLcode code;
  std::string text;       // its own words
  std::string proxy;      // that the call went through, without user and password; empty: none
  long proxy_status = 0;  // its answer to CONNECT
};

// Throws TransportFailure for what another attempt may mend, else Error in our words: certificates
// that cannot be used, a proxy that wants a password or forbids the host.
[[noreturn]] void throw_failure(const CurlFailure& failure, const HttpOptions& options,
                                const Url& url);

// A proxy's refusal: 407 or 403.
[[noreturn]] void throw_proxy_refusal(const std::string& proxy, long status, const Url& url);

}  // namespace aiops::registry
