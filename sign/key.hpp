// SPDX-License-Identifier: Apache-2.0
// Signing keys. We sign with ECDSA P-256 and SHA-256 only: the one algorithm that cosign,
// model-signing and the other Sigstore verifiers all agree on. P-384 and P-521 are read for
// verification (OMS allows them, each with the hash of its size).
#pragma once

#include "sign/secret.hpp"

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace aiops::sign {

// The SHA-256 of a public key's SubjectPublicKeyInfo (DER), in hex.
struct KeyId {
  std::string hex;
  auto operator<=>(const KeyId&) const = default;
};

class PublicKey {
 public:
  // One `PUBLIC KEY` PEM block (RFC 7468 §13) with an EC key on a named curve. Throws Error{failed}
  // that names `what` and says what the text is instead.
  static PublicKey parse(std::string_view pem, std::string_view what);

  const KeyId& id() const { return id_; }
  // "ecdsa-p256-sha256", "ecdsa-p384-sha384", "ecdsa-p521-sha512"
  std::string_view algorithm() const;
  const std::string& der() const { return der_; }
  std::string pem() const;  // as OpenSSL prints it, with the last line feed

  // True when `signature` (ASN.1 DER) is this key's over `message`. Anything malformed is false.
  bool verify(std::string_view message, std::string_view signature) const;

 private:
  friend class PrivateKey;
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key);
  std::shared_ptr<evp_pkey_st> key_;
  std::string der_;
  KeyId id_;
};

class PrivateKey {
 public:
  static PrivateKey generate();
  // PKCS#8 PrivateKeyInfo (RFC 5208) and SEC 1 ECPrivateKey (RFC 5915), both DER. Throw
  // Error{failed} naming `what` unless it is exactly one valid P-256 key.
  static PrivateKey from_pkcs8(std::string_view der, std::string_view what);
  static PrivateKey from_sec1(std::string_view der, std::string_view what);

  Secret pkcs8() const;
  const PublicKey& public_key() const { return public_; }
  // An ASN.1 DER signature over SHA-256 of `message`; another one each time.
  std::string sign(std::string_view message) const;

 private:
  PrivateKey(std::shared_ptr<evp_pkey_st> key, std::string_view what);
  std::shared_ptr<evp_pkey_st> key_;
  PublicKey public_;
};

}  // namespace aiops::sign
