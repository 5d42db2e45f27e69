// SPDX-License-Identifier: Apache-2.0
// One blob as a referrer of an artifact: signatures, benchmark records.
#pragma once

#include "pack/repository.hpp"

#include <string>

namespace aiops::pack {

struct Attachment {
  std::string artifact_type;
  Blob content;  // in memory
  Annotations annotations;
};

// Stores it as a referrer of `subject` and returns the digest of the referrer's manifest.
Digest attach(Repository& repository, const Descriptor& subject, const Attachment& attachment);

}  // namespace aiops::pack
