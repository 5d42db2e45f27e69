// SPDX-License-Identifier: Apache-2.0
#include "sign/attestation.hpp"

#include "sign/oms.hpp"
#include "sign/referrer.hpp"

namespace aiops::sign {
namespace {

bool is_attached(pack::Repository& repository, const Digest& subject, const std::string& statement,
                 const PublicKey& key) {
  bool found = false;
  for_each_bundle(repository, subject, [&](const AttachedBundle& attached) {
    found =
        found || (attached.bundle != nullptr && attached.bundle->envelope.payload == statement &&
                  verify(attached.bundle->envelope, key));
  });
  return found;
}

}  // namespace

std::vector<Subject> subjects_of(const pack::Document& root, const std::string& name) {
  const Digest& digest = root.descriptor.digest;
  std::vector<Subject> subjects{
      {name, {{std::string(digest.algorithm()), std::string(digest.hex())}}}};
  if (const auto layers = resources_of(root))
    subjects.push_back({"files", {{"sha256", oms_root(*layers)}}});
  return subjects;
}

void attach_statement(pack::Repository& repository, const pack::Document& root,
                      const std::string& statement, std::string_view predicate_type,
                      const PrivateKey& key) {
  if (is_attached(repository, root.descriptor.digest, statement, key.public_key())) return;
  attach_bundle(repository, root.descriptor,
                {sign_envelope(statement, key), sigstore_hint(key.public_key())}, predicate_type);
}

}  // namespace aiops::sign
