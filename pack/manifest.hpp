// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/descriptor.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::pack {

// A manifest or index as it travels: its exact bytes and the descriptor that names them.
struct Document {
  Descriptor descriptor;
  std::string bytes;
};

// Makes the Document of some manifest bytes: digest and size are computed. `artifact_type` goes
// into the descriptor.
Document make_document(std::string bytes, std::string_view media_type,
                       std::string_view artifact_type = {});

// image-spec manifest.md, OCI and Docker schema 2 alike.
struct Manifest {
  std::string media_type;     // of the manifest itself
  std::string artifact_type;  // as stated; see effective_artifact_type()
  Descriptor config;
  std::vector<Descriptor> layers;
  std::optional<Descriptor> subject;
  Annotations annotations;

  // Throws Error{failed} naming `what`: not JSON, schemaVersion not 2, members malformed, more than
  // 100,000 layers.
  static Manifest parse(std::string_view bytes, std::string_view what);
  // Members in the order schemaVersion, mediaType, artifactType, config, layers, subject,
  // annotations; no spaces.
  std::string to_bytes() const;
  // artifactType, else the config's media type (distribution-spec 1.1 §listing-referrers).
  std::string effective_artifact_type() const;
};

// image-spec image-index.md
struct Index {
  std::string artifact_type;
  std::vector<Descriptor> manifests;
  Annotations annotations;

  static Index parse(std::string_view bytes, std::string_view what);
  std::string to_bytes() const;
};

// The manifest that a document is about, if it is a referrer.
std::optional<Digest> subject_of(const Document& document);

bool is_index(std::string_view media_type);     // OCI index or Docker manifest list
bool is_manifest(std::string_view media_type);  // OCI or Docker image manifest

}  // namespace aiops::pack
