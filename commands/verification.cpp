// SPDX-License-Identifier: Apache-2.0
#include "commands/verification.hpp"

#include "commands/keys.hpp"
#include "sign/artifact.hpp"

namespace aiops::commands {

VerifiedArtifact require_signature(pack::Repository& repository, const pack::Document& root,
                                   const std::vector<std::string>& key_files, Context& context) {
  sign::Verdict verdict = sign::verify_artifact(repository, root, trusted_keys(key_files, context));
  return {verdict.key.hex, std::move(verdict.statements), std::move(verdict.oms_root)};
}

}  // namespace aiops::commands
