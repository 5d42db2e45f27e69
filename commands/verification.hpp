// SPDX-License-Identifier: Apache-2.0
// The pull-verify order: signatures are looked up and decided on before the first layer byte is
// asked for.
#pragma once

#include "base/digest.hpp"
#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "pack/repository.hpp"

#include <string>
#include <vector>

namespace aiops::commands {

struct VerifiedArtifact {
  std::string key_id;                   // of the key that signed: sha256 of its SPKI, hex
  std::vector<std::string> statements;  // predicate types that verified
  std::string oms_root;  // sha256 hex of the OMS root, empty when there was no OMS statement
};

// Decides whether `root`, as held by `repository`, is signed by one of the trusted keys (`--key`,
// else the user's keys in config_home/trusted/*.pub). Reads referrers, their manifests and bundles
// only. When the artifact carries an OMS statement, its resources must equal the manifest's layers.
// Throws Error{unverified} with reason unsigned, untrusted-key, bad-signature, digest-mismatch,
// extra-file or missing-file; transport errors pass unchanged.
VerifiedArtifact require_signature(pack::Repository& repository, const pack::Document& root,
                                   const std::vector<std::string>& key_files, Context& context);

}  // namespace aiops::commands
