// SPDX-License-Identifier: Apache-2.0
// The Sigstore bundle, v0.3: a signed envelope and a hint about the key.
#pragma once

#include "sign/dsse.hpp"
#include "sign/key.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::sign {

// An OMS statement has about 150 bytes a file, and base64 adds a third: room for 100,000 files.
inline constexpr std::size_t kMaxBundle = 32u << 20;

struct Bundle {
  Envelope envelope;
  std::string hint;  // what the bundle says about its key: never trusted, only for messages
};

// Reads a bundle of the media types v0.1 … v0.3 with a DSSE envelope. Key material and transparency
// log entries in it are neither trusted nor reported. A pure function of its arguments. Throws
// Error{failed} naming `what`.
Bundle parse_bundle(std::string_view bytes, std::string_view what);
std::string to_bytes(const Bundle& bundle);

// The two forms of hint that verifiers know.
std::string sigstore_hint(const PublicKey& key);  // base64 of SHA-256 of the SPKI (DER)
std::string oms_hint(const PublicKey& key);       // hex of SHA-256 of the SPKI as PEM text

// The key among `keys` that signed the envelope, or nullptr.
const PublicKey* signer_of(const Bundle& bundle, const std::vector<PublicKey>& keys);
// True when the hint names one of `keys`: then a signature that does not hold is a broken one and
// not a stranger's.
bool hints_at(const Bundle& bundle, const std::vector<PublicKey>& keys);

}  // namespace aiops::sign
