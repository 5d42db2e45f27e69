// SPDX-License-Identifier: Apache-2.0
// Signing plain directories and single files: one OMS bundle in a file of its own, which
// model-signing writes and verifies as well.
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "pack/digest_memory.hpp"
#include "sign/key.hpp"
#include "sign/oms.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace aiops::sign {

// Where the signature is unless said otherwise: DIRECTORY/model.sig, FILE.sig.
std::filesystem::path default_signature_of(const std::filesystem::path& model);

struct SignedModel {
  std::string oms_root;
  std::size_t files = 0;
  std::vector<std::string> ignored;  // what is there and not signed
};

// Signs every file below `model` but git's own at its top and the signature itself. Files that
// `known` remembers are not read. Replaces `signature`. Throws Error{failed} on a link, a device or
// a name that is not UTF-8: OMS has no entry for them.
SignedModel sign_model(const std::filesystem::path& model, const std::filesystem::path& signature,
                       const PrivateKey& key, pack::DigestMemory& known, Status& status,
                       const StopFlag& stop);

// What may be there without being signed.
enum class Unsigned {
  as_signed,  // git's own files, and what the signed statement says was left out
  nothing,    // nothing but the signature
};

struct ModelVerdict {
  KeyId key;
  std::string oms_root;
  std::size_t files = 0;
  std::vector<std::string> ignored;
  std::vector<Difference> differences;  // empty: the model is what was signed
};

// Compares `model` with its signature by one of `keys`. A verdict with differences is a failure.
// Throws Error{unverified}: unsigned (no signature file), untrusted_key, bad_signature.
ModelVerdict verify_model(const std::filesystem::path& model,
                          const std::filesystem::path& signature,
                          const std::vector<PublicKey>& keys, Unsigned may_be_unsigned,
                          Status& status, const StopFlag& stop);

}  // namespace aiops::sign
