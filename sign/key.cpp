// SPDX-License-Identifier: Apache-2.0
#include "sign/key.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "sign/pem.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>

namespace aiops::sign {
namespace {

using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

struct Algorithm {
  std::string_view group;
  std::string_view name;
  const EVP_MD* (*hash)();
};

// model-signing-spec v1.0: the hash has the size of the curve.
constexpr std::array<Algorithm, 3> kAlgorithms = {{
    {"prime256v1", "ecdsa-p256-sha256", EVP_sha256},
    {"secp384r1", "ecdsa-p384-sha384", EVP_sha384},
    {"secp521r1", "ecdsa-p521-sha512", EVP_sha512},
}};

const Algorithm* algorithm_of(EVP_PKEY* key) {
  std::array<char, 64> group{};
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
      EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1)
    return nullptr;
  for (const auto& algorithm : kAlgorithms)
    if (algorithm.group == group.data()) return &algorithm;
  return nullptr;
}

// A key that spells out its curve instead of naming it could bring a generator of its own choice
// (CVE-2020-0601).
bool has_named_curve(EVP_PKEY* key) {
  std::array<char, 64> encoding{};
  return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, encoding.data(),
                                        encoding.size(), nullptr) == 1 &&
         std::string_view(encoding.data()) == OSSL_PKEY_EC_ENCODING_GROUP;
}

[[noreturn]] void refuse(std::string_view what, const std::string& why, std::string mend = {}) {
  ERR_clear_error();
  throw Error(ExitCode::failed, std::string(what) + ": " + why, std::move(mend));
}

std::shared_ptr<EVP_PKEY> own(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

void check_curve(EVP_PKEY* key, std::string_view what) {
  if (!has_named_curve(key) || algorithm_of(key) == nullptr)
    refuse(what, "not an ECDSA key on P-256, P-384 or P-521", "aiops key generate");
}

std::string spki_of(EVP_PKEY* key) {
  // One key, one encoding, one id: compressed points are written out.
  EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                 OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED);
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) refuse("public key", "OpenSSL cannot encode it");
  std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key)
    : key_(std::move(key)), der_(spki_of(key_.get())), id_{std::string(sha256_of(der_).hex())} {}

PublicKey PublicKey::parse(std::string_view pem, std::string_view what) {
  const PemBlock block = first_pem_block(pem, {"PUBLIC KEY"}, what);
  const unsigned char* at = block.der.data();
  auto key = own(d2i_PUBKEY(nullptr, &at, static_cast<long>(block.der.size())));
  if (!key || at != block.der.data() + block.der.size()) refuse(what, "not a public key");
  check_curve(key.get(), what);
  const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), EVP_PKEY_CTX_free);
  if (!context || EVP_PKEY_public_check(context.get()) != 1)
    refuse(what, "its point is not on the curve");
  return PublicKey(std::move(key));
}

std::string_view PublicKey::algorithm() const { return algorithm_of(key_.get())->name; }

std::string PublicKey::pem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  char* text = nullptr;
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), key_.get()) != 1)
    refuse("public key", "OpenSSL cannot encode it");
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const bool holds = context &&
                     EVP_DigestVerifyInit(context.get(), nullptr, algorithm_of(key_.get())->hash(),
                                          nullptr, key_.get()) == 1 &&
                     EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                      bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return holds;
}

PrivateKey::PrivateKey(std::shared_ptr<evp_pkey_st> key, std::string_view what)
    : key_(std::move(key)), public_(PublicKey(key_)) {
  check_curve(key_.get(), what);
  if (public_.algorithm() != kAlgorithms[0].name)
    refuse(what,
           "a " + std::string(public_.algorithm()) +
               " key; signing uses P-256, which every other verifier accepts",
           "aiops key generate");
  const Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr),
                        EVP_PKEY_CTX_free);
  if (!context || EVP_PKEY_pairwise_check(context.get()) != 1)
    refuse(what, "its private and public halves do not belong together");
}

PrivateKey PrivateKey::generate() {
  auto key = own(EVP_EC_gen("P-256"));
  if (!key) refuse("key", "OpenSSL cannot generate one");
  return PrivateKey(std::move(key), "key");
}

PrivateKey PrivateKey::from_pkcs8(std::string_view der, std::string_view what) {
  const unsigned char* at = bytes_of(der);
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())),
      PKCS8_PRIV_KEY_INFO_free);
  auto key = own(info && at == bytes_of(der) + der.size() ? EVP_PKCS82PKEY(info.get()) : nullptr);
  if (!key) refuse(what, "not a PKCS#8 private key");
  check_curve(key.get(), what);
  return PrivateKey(std::move(key), what);
}

PrivateKey PrivateKey::from_sec1(std::string_view der, std::string_view what) {
  const unsigned char* at = bytes_of(der);
  auto key = own(d2i_PrivateKey(EVP_PKEY_EC, nullptr, &at, static_cast<long>(der.size())));
  if (!key || at != bytes_of(der) + der.size()) refuse(what, "not a SEC 1 private key");
  check_curve(key.get(), what);
  return PrivateKey(std::move(key), what);
}

Secret PrivateKey::pkcs8() const {
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)> info(
      EVP_PKEY2PKCS8(key_.get()), PKCS8_PRIV_KEY_INFO_free);
  const int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr) : 0;
  if (size <= 0) refuse("private key", "OpenSSL cannot encode it");
  Secret der(static_cast<std::size_t>(size));
  unsigned char* at = der.data();
  i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at);
  return der;
}

std::string PrivateKey::sign(std::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::array<unsigned char, 80> signature{};  // a P-256 signature in DER has at most 72 bytes
  std::size_t size = signature.size();
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(message), message.size()) !=
          1)
    refuse("private key", "OpenSSL cannot sign with it");
  return {reinterpret_cast<char*>(signature.data()), size};
}

}  // namespace aiops::sign
