// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/digest.hpp"
#include "base/json.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace aiops::pack {

using Annotations = std::map<std::string, std::string>;

// image-spec descriptor.md: what a piece of content is, how long, and its digest.
struct Descriptor {
  std::string media_type;
  Digest digest;
  std::uint64_t size = 0;
  Annotations annotations;
  std::string artifact_type;  // on descriptors of manifests; empty when absent

  // Members in the order of the Go writers: mediaType, digest, size, annotations, artifactType.
  OrderedJson to_json() const;
  // Throws Error{failed} naming `what` and the member that is missing or malformed. Sizes are 0 …
  // 2^63-1.
  static Descriptor from_json(const Json& value, std::string_view what);
};

// The path that a layer's file takes in a directory: org.cncf.model.filepath, else the OCI title,
// else empty.
std::string file_path_of(const Descriptor& layer);

// What to call a blob in a message: "model.safetensors (sha256:0123456789ab)", or the short digest
// alone.
std::string blob_name(const Descriptor& descriptor);

}  // namespace aiops::pack
