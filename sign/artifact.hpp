// SPDX-License-Identifier: Apache-2.0
// Signing and verifying artifacts where they lie: in the store, a layout or a registry.
#pragma once

#include "pack/repository.hpp"
#include "sign/key.hpp"

#include <string>
#include <vector>

namespace aiops::sign {

// What a trusted key says about an artifact.
struct Verdict {
  KeyId key;
  std::vector<std::string> statements;  // predicate types, sorted, each once
  std::string oms_root;                 // hex; empty when there is no model statement
};

// Decides whether the manifest or index `root` is signed by one of `keys` (at least one). It is
// when a key of theirs made cosign's sign/v1 statement about exactly this digest; any other
// statement, even by the same key, is an attestation and no signature. If that key also made a
// model statement, one such must list exactly the layers. Throws Error{unverified} with the reason,
// in this order of preference: bad_signature, untrusted_key, unsigned; digest_mismatch,
// missing_file, extra_file for the contents. Errors of transport pass unchanged.
Verdict verify_artifact(pack::Repository& repository, const pack::Document& root,
                        const std::vector<PublicKey>& keys);

// Makes cosign's statement and, where every layer is a plain file, a model statement; each becomes
// a bundle and a referrer. What this key has said already is not said again. Returns the digests of
// the referrers' manifests, cosign's first.
std::vector<Digest> sign_artifact(pack::Repository& repository, const pack::Document& root,
                                  const PrivateKey& key);

}  // namespace aiops::sign
