// SPDX-License-Identifier: Apache-2.0
// Where a repository is also to be had, as containers-registries.conf(5) writes it down.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::registry {

struct Mirror {
  // Whether it is asked for tags, for digests, or for both. What a digest names cannot be forged; a
  // tag is whatever the mirror says.
  enum class PullFrom { all, digest_only, tag_only };

  std::string location;  // host[:port][/namespace], which takes the place of the prefix
  PullFrom pull_from = PullFrom::all;
  bool insecure = false;  // plain http
};

struct MirrorRule {
  std::string prefix;    // "host[:port]", "host/namespace", or "*.example.com"
  std::string location;  // of the registry itself, in place of the prefix; empty: as written
  bool blocked = false;
  bool insecure = false;
  std::vector<Mirror> mirrors;
};

// A repository of a registry.
struct Place {
  std::string host;
  std::string repository;
};

// The rule with the longest prefix of `place`, or none. A prefix ends where a path component does.
const MirrorRule* rule_for(const std::vector<MirrorRule>& rules, const Place& place);

// `place` with the part that the rule's prefix names replaced by `location`. Throws Error{usage}
// when no repository is left.
Place moved(const Place& place, const MirrorRule& rule, const std::string& location);

}  // namespace aiops::registry
