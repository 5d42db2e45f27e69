// SPDX-License-Identifier: Apache-2.0
// Bundles as OCI referrers, the way cosign v3 stores them.
#pragma once

#include "base/error.hpp"
#include "pack/repository.hpp"
#include "sign/bundle.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace aiops::sign {

// Stores a bundle as a referrer of `subject` and returns the digest of the referrer's manifest.
Digest attach_bundle(pack::Repository& repository, const pack::Descriptor& subject,
                     const Bundle& bundle, std::string_view predicate_type);

// A referrer that claims to be a bundle: the bundle, or why it cannot be read.
struct AttachedBundle {
  Digest referrer;
  const Bundle* bundle = nullptr;
  std::string fault;
};

// Shows every bundle that refers to `subject`, one in memory at a time. Descriptors in a listing
// may say anything (go-containerregistry writes a wrong artifactType into the fallback index), so
// the manifests are opened; those that say they are bundles come first. Reads at most 256 referrers
// and 256 MiB, whoever wrote how many. Errors of transport are thrown, never taken for "none".
void for_each_bundle(pack::Repository& repository, const Digest& subject,
                     const std::function<void(const AttachedBundle&)>& visit);

// What one referrer may do wrong without keeping us from the next. A registry that does not answer
// is another matter.
bool is_about_content(const Error& error);

}  // namespace aiops::sign
