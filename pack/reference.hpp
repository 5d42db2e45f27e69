// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/digest.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace aiops::pack {

// Where an artifact is, as a person types it (DESIGN section 5). Parsed once, at argv.
//
//   host[:port]/repository[:tag][@digest]   registry; the first part is a host when it has a dot or
//   a colon or is localhost name[:tag][@digest]                     the local store oci:DIR[:TAG]
//   an OCI image layout archive:FILE.tar[:TAG]                  an OCI image layout in a tar
//   dir:PATH                                plain files
struct Reference {
  enum class Kind { registry, store, layout, archive, directory };

  Kind kind = Kind::store;
  std::string host;            // registry: "localhost:5000"
  std::string repository;      // registry: "team/model"; store: the name
  std::filesystem::path path;  // layout, archive, directory
  std::string tag;             // empty when absent
  std::optional<Digest> digest;

  // Throws Error{usage} that names the text and the character or part that is wrong.
  // distribution-spec 1.1 §pull: names match [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/…)*, tags
  // [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}.
  static Reference parse(std::string_view text);

  // The text that parses to the same Reference.
  std::string str() const;
  // `str()` without tag and digest.
  std::string name() const;
  // The tag, or "latest" where the kind has tags and neither tag nor digest was given.
  std::string tag_or_latest() const;
  bool is_loopback()
      const;  // registry on localhost, 127.0.0.0/8 or [::1]: plain HTTP is allowed without a flag
};

}  // namespace aiops::pack
