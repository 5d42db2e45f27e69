// SPDX-License-Identifier: Apache-2.0
#include "sign/pem.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>

namespace aiops::sign {
namespace {

constexpr std::size_t kMaxPem = 64u << 10;

struct SecureFree {
  void operator()(void* block) const { OPENSSL_secure_free(block); }
};

// What to type for a block that we do not read.
std::string mend_for(const std::string& label, std::string_view wanted) {
  if (label == "PUBLIC KEY") return "give the private half, KEY.key";
  if (label.ends_with("PRIVATE KEY") && wanted == "PUBLIC KEY")
    return "give the public half, KEY.pub";
  if (label == "CERTIFICATE") return "openssl x509 -pubkey -noout -in CERTIFICATE > KEY.pub";
  if (label == "ENCRYPTED PRIVATE KEY")
    return "openssl pkey -in FILE -out plain.pem, then aiops key import plain.pem";
  return {};
}

}  // namespace

PemBlock first_pem_block(std::string_view pem, const std::vector<std::string_view>& labels,
                         std::string_view what) {
  if (pem.size() > kMaxPem)
    throw Error(ExitCode::failed, std::string(what) + ": too large for a key");
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  std::string other;
  for (;;) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    const int got = PEM_read_bio_ex(bio.get(), &name, &header, &data, &size, PEM_FLAG_SECURE);
    const std::unique_ptr<char, SecureFree> name_owner(name);
    const std::unique_ptr<char, SecureFree> header_owner(header);
    const std::unique_ptr<unsigned char, SecureFree> data_owner(data);
    ERR_clear_error();
    if (got != 1) break;
    const std::string label = name;
    // A header means RFC 1421 encryption, which derives its key with one MD5.
    const bool plain = header == nullptr || *header == '\0';
    if (plain && std::find(labels.begin(), labels.end(), label) != labels.end()) {
      PemBlock block{label, Secret(std::string_view(reinterpret_cast<char*>(data),
                                                    static_cast<std::size_t>(size)))};
      wipe(data, static_cast<std::size_t>(size));
      return block;
    }
    wipe(data, static_cast<std::size_t>(size));
    if (other.empty() && label != "EC PARAMETERS") other = plain ? label : "ENCRYPTED PRIVATE KEY";
  }
  throw Error(ExitCode::failed,
              std::string(what) + ": " +
                  (other.empty() ? "not a PEM key"
                                 : "a PEM block of '" + printable(other) + "', not of '" +
                                       std::string(labels[0]) + "'"),
              mend_for(other, labels[0]));
}

std::string to_pem(std::string_view label, std::string_view bytes) {
  const std::string body = to_base64(bytes);
  std::string text = "-----BEGIN " + std::string(label) + "-----\n";
  for (std::size_t at = 0; at < body.size(); at += 64) text += body.substr(at, 64) + "\n";
  return text + "-----END " + std::string(label) + "-----\n";
}

}  // namespace aiops::sign
