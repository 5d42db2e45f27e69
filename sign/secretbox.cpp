// SPDX-License-Identifier: Apache-2.0
// A secretbox is encrypt-then-authenticate (D. J. Bernstein, "Cryptography in NaCl", §9 and §10):
//
//     subkey    = HSalsa20(key, nonce[0:16])
//     keystream = Salsa20(subkey, nonce[16:24]), blocks 0, 1, 2, …
//     tag       = Poly1305(keystream[0:32], ciphertext)
//     box       = tag ‖ message xor keystream[32:]
//
// The first 32 bytes of the keystream are spent on the one-time key of the authenticator.
#include "sign/secretbox.hpp"

#include "base/error.hpp"
#include "sign/salsa20.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace aiops::sign {
namespace {

[[noreturn]] void refuse(const char* what) {
  throw Error(ExitCode::failed, std::string("OpenSSL refused ") + what);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The first `length` bytes of the XSalsa20 keystream.
Secret keystream(const Secret& key, std::string_view nonce, std::size_t length) {
  if (key.size() != kSecretboxKey || nonce.size() != kSecretboxNonce)
    refuse("a secretbox: the key needs 32 bytes and the nonce 24");
  Secret subkey(kSecretboxKey);
  const std::span<const std::uint8_t, 32> subkey_bytes(subkey.data(), 32);
  hsalsa20(std::span<const std::uint8_t, 32>(key.data(), 32),
           std::span<const std::uint8_t, 16>(bytes_of(nonce), 16),
           std::span<std::uint8_t, 32>(subkey.data(), 32));
  Secret stream((length + 63) / 64 * 64);
  for (std::size_t block = 0; block * 64 < length; ++block)
    salsa20_block(subkey_bytes, std::span<const std::uint8_t, 8>(bytes_of(nonce) + 16, 8), block,
                  std::span<std::uint8_t, 64>(stream.data() + block * 64, 64));
  return stream;
}

std::array<unsigned char, kSecretboxTag> poly1305(const unsigned char* one_time_key,
                                                  std::string_view message) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(
      EVP_MAC_fetch(nullptr, "POLY1305", nullptr), EVP_MAC_free);
  const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
      mac ? EVP_MAC_CTX_new(mac.get()) : nullptr, EVP_MAC_CTX_free);
  std::array<unsigned char, kSecretboxTag> tag{};
  std::size_t length = 0;
  if (!context || EVP_MAC_init(context.get(), one_time_key, 32, nullptr) != 1 ||
      EVP_MAC_update(context.get(), bytes_of(message), message.size()) != 1 ||
      EVP_MAC_final(context.get(), tag.data(), &length, tag.size()) != 1 || length != tag.size())
    refuse("Poly1305");
  return tag;
}

}  // namespace

std::string secretbox_seal(const Secret& key, std::string_view nonce, std::string_view message) {
  const Secret stream = keystream(key, nonce, 32 + message.size());
  std::string box(kSecretboxTag + message.size(), '\0');
  for (std::size_t i = 0; i < message.size(); ++i)
    box[kSecretboxTag + i] = static_cast<char>(bytes_of(message)[i] ^ stream.data()[32 + i]);
  const auto tag = poly1305(stream.data(), std::string_view(box).substr(kSecretboxTag));
  std::copy(tag.begin(), tag.end(), box.begin());
  return box;
}

std::optional<Secret> secretbox_open(const Secret& key, std::string_view nonce,
                                     std::string_view box) {
  if (box.size() < kSecretboxTag) return std::nullopt;
  const std::string_view ciphertext = box.substr(kSecretboxTag);
  const Secret stream = keystream(key, nonce, 32 + ciphertext.size());
  const auto tag = poly1305(stream.data(), ciphertext);
  if (CRYPTO_memcmp(tag.data(), box.data(), tag.size()) != 0) return std::nullopt;
  Secret message(ciphertext.size());
  for (std::size_t i = 0; i < ciphertext.size(); ++i)
    message.data()[i] = bytes_of(ciphertext)[i] ^ stream.data()[32 + i];
  return message;
}

Secret scrypt(std::string_view passphrase, std::string_view salt, std::uint64_t n, std::uint32_t r,
              std::uint32_t p, std::size_t length) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf(
      EVP_KDF_fetch(nullptr, "SCRYPT", nullptr), EVP_KDF_free);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(
      kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr, EVP_KDF_CTX_free);
  std::uint64_t memory = 256u << 20;  // twice what n = 131072, r = 8 takes
  const auto octets = [](const char* name, std::string_view text) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(text.data()), text.size());
  };
  const OSSL_PARAM parameters[] = {
      octets(OSSL_KDF_PARAM_PASSWORD, passphrase.empty() ? std::string_view("") : passphrase),
      octets(OSSL_KDF_PARAM_SALT, salt.empty() ? std::string_view("") : salt),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
      OSSL_PARAM_construct_end()};
  Secret derived(length);
  if (!context || EVP_KDF_derive(context.get(), derived.data(), length, parameters) != 1)
    refuse("scrypt");
  return derived;
}

}  // namespace aiops::sign
