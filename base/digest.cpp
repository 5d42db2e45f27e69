// SPDX-License-Identifier: Apache-2.0
#include "base/digest.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <openssl/evp.h>

#include <array>

namespace aiops {
namespace {

bool is_lower_hex(std::string_view text) {
  for (char c : text)
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  return true;
}

}  // namespace

// image-spec descriptor.md, "Registered Algorithms": sha256 and sha512, encoded as [a-f0-9].
bool Digest::is_valid(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto algorithm = text.substr(0, colon);
  const auto hex = text.substr(colon + 1);
  const std::size_t length = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
  return length != 0 && hex.size() == length && is_lower_hex(hex);
}

Digest Digest::parse(std::string_view text) {
  if (!is_valid(text))
    throw Error(ExitCode::usage, "not a digest: '" + printable(text.substr(0, 140)) + "'",
                "write it as sha256:<64 lower-case hex digits>");
  return Digest(std::string(text));
}

struct Hasher::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::string algorithm;
  ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher(std::string_view algorithm) : state_(std::make_unique<State>()) {
  state_->algorithm = algorithm;
  const EVP_MD* md = algorithm == "sha512" ? EVP_sha512() : EVP_sha256();
  if (algorithm != "sha256" && algorithm != "sha512")
    throw Error(ExitCode::usage, "unknown digest algorithm: " + printable(algorithm));
  if (EVP_DigestInit_ex(state_->context, md, nullptr) != 1)
    throw Error(ExitCode::failed, "OpenSSL refused to start a " + state_->algorithm + " hash");
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

void Hasher::update(std::string_view text) {
  EVP_DigestUpdate(state_->context, text.data(), text.size());
}

Digest Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned length = 0;
  EVP_DigestFinal_ex(state_->context, raw.data(), &length);
  return Digest(state_->algorithm + ":" +
                to_hex({reinterpret_cast<const char*>(raw.data()), length}));
}

Digest sha256_of(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

std::string sha256_raw(std::string_view bytes) { return from_hex(sha256_of(bytes).hex()); }

}  // namespace aiops
