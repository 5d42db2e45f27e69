// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::registry {

// One challenge of a WWW-Authenticate header (RFC 9110 §11.6.1).
struct Challenge {
  std::string scheme;                             // lower case: "bearer", "basic"
  std::map<std::string, std::string> parameters;  // names in lower case, values unquoted

  std::string parameter(const std::string& name) const;  // empty when absent
};

// Every challenge in one header value. Quoted values may hold commas
// (`scope="repository:x:push,pull"`); what cannot be read is left out.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace aiops::registry
