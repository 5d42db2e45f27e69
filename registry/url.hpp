// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aiops::registry {

// An absolute http or https URL. Path and query are kept byte for byte: an upload Location carries
// signed state that must come back unchanged.
struct Url {
  std::string scheme;     // "http" or "https"
  std::string authority;  // host[:port] as written, without user information
  std::string target;     // path and query: "/v2/?n=1"

  // Throws Error{failed} naming `what` and the fault: another scheme, user information, no host, a
  // control character or a space.
  static Url parse(std::string_view text, std::string_view what);

  std::string str() const { return scheme + "://" + authority + target; }
  std::string host() const;  // lower case, without port and brackets
  // Scheme, host and port (the default one spelt out): what credentials belong to.
  std::string origin() const;
  bool is_https() const { return scheme == "https"; }
  // For logs: whatever stands in a query may be a signature or a session key.
  std::string masked() const;
  // The same URL with `name=value` appended to the query; `value` is percent-encoded.
  Url with_query(std::string_view name, std::string_view value) const;
};

// RFC 3986 §5.2 for what servers send in Location and Link: absolute, without scheme, absolute
// path, relative path or query only. Throws Error{failed} when https would become http: a
// misconfigured proxy must not make us send in the clear.
Url resolve_location(const Url& base, std::string_view location);

// localhost, 127.0.0.0/8 and ::1.
bool is_loopback_host(std::string_view host);

std::string percent_encode(std::string_view text);

// The target of the `rel="next"` link in a Link header (RFC 8288), if there is one.
std::optional<std::string> next_link(std::string_view header);

}  // namespace aiops::registry
