// SPDX-License-Identifier: Apache-2.0
// DSSE 1.0.2, the signing envelope: a type, a payload, signatures over both.
#pragma once

#include "base/json.hpp"
#include "sign/key.hpp"

#include <string>
#include <string_view>

namespace aiops::sign {

inline constexpr std::string_view kInTotoPayload = "application/vnd.in-toto+json";

// Pre-authentication encoding: what is signed. `DSSEv1 LEN(type) type LEN(body) body`, lengths in
// bytes, decimal.
std::string pae(std::string_view payload_type, std::string_view payload);

// An envelope with its base64 undone and the one signature that a Sigstore bundle allows.
struct Envelope {
  std::string payload_type;
  std::string payload;    // the very bytes that were signed: parse these and no others
  std::string signature;  // ASN.1 DER
};

Envelope sign_envelope(std::string payload, const PrivateKey& key);

// Reads `payloadType`, `payload` and `signatures` (exactly one). The keyid is not looked at: DSSE
// §protocol forbids to decide anything by it. Unknown members are ignored. Throws Error{failed}
// naming `what`.
Envelope envelope_from_json(const Json& value, std::string_view what);
OrderedJson to_json(const Envelope& envelope);

bool verify(const Envelope& envelope, const PublicKey& key);

}  // namespace aiops::sign
