// SPDX-License-Identifier: Apache-2.0
// cosign's private key file is a PEM block around a JSON object: the PKCS#8 key in a NaCl secretbox
// under a key that scrypt derives from the passphrase.
#include "sign/key_file.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "sign/pem.hpp"
#include "sign/secretbox.hpp"

#include <nlohmann/json.hpp>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace aiops::sign {
namespace {

constexpr std::string_view kSigstoreLabel = "ENCRYPTED SIGSTORE PRIVATE KEY";
constexpr std::string_view kCosignLabel = "ENCRYPTED COSIGN PRIVATE KEY";
constexpr std::uint64_t kScryptN = 65536;
constexpr std::size_t kMaxSalt = 1024;

struct EncryptedKey {
  std::uint64_t n = 0;
  std::string salt;
  std::string nonce;
  std::string box;
};

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
  throw Error(ExitCode::failed, std::string(what) + ": " + why);
}

// A crafted file could ask for any amount of memory and time: only the three settings that cosign
// has ever written are taken, and they are looked at before anything is derived.
EncryptedKey parse_encrypted(std::string_view json, std::string_view what) {
  const Json root = parse_json(json, what, {16u << 10, 8});
  try {
    const Json& kdf = root.at("kdf");
    const Json& params = kdf.at("params");
    if (kdf.at("name") != "scrypt" || root.at("cipher").at("name") != "nacl/secretbox")
      refuse(what, "encrypted with something other than scrypt and nacl/secretbox");
    const Json& n = params.at("N");
    if ((n != 32768 && n != 65536 && n != 131072) || params.at("r") != 8 || params.at("p") != 1)
      refuse(what, "scrypt parameters other than cosign's are not accepted");
    EncryptedKey key;
    key.n = n.get<std::uint64_t>();
    key.salt = from_base64(kdf.at("salt").get<std::string>());
    key.nonce = from_base64(root.at("cipher").at("nonce").get<std::string>());
    key.box = from_base64(root.at("ciphertext").get<std::string>());
    if (key.salt.empty() || key.salt.size() > kMaxSalt || key.nonce.size() != kSecretboxNonce)
      refuse(what, "its salt or nonce has an impossible length");
    return key;
  } catch (const Json::exception&) {
    refuse(what, "an encrypted key without the members that cosign writes");
  }
}

std::optional<Secret> decrypt(const EncryptedKey& key, std::string_view passphrase) {
  return secretbox_open(scrypt(passphrase, key.salt, key.n, 8, 1, kSecretboxKey), key.nonce,
                        key.box);
}

LoadedKey open_encrypted(std::string_view json, std::string_view what, const AskPassphrase& ask) {
  const EncryptedKey encrypted = parse_encrypted(json, what);
  auto protection = KeyProtection::empty_passphrase;
  std::optional<Secret> der = decrypt(encrypted, {});
  if (!der) {
    protection = KeyProtection::passphrase;
    der = decrypt(encrypted, ask().view());
    if (!der)
      throw Error(ExitCode::denied, std::string(what) + ": the passphrase does not open it");
  }
  // cosign refuses a SEC 1 key inside; so does from_pkcs8().
  return {PrivateKey::from_pkcs8(der->view(), what), protection};
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1)
    throw Error(ExitCode::failed, "the system has no randomness to make a key from");
  return bytes;
}

}  // namespace

LoadedKey parse_private_key(std::string_view pem, std::string_view what, const AskPassphrase& ask) {
  const PemBlock block =
      first_pem_block(pem, {kSigstoreLabel, kCosignLabel, "PRIVATE KEY", "EC PRIVATE KEY"}, what);
  if (block.label == "PRIVATE KEY")
    return {PrivateKey::from_pkcs8(block.der.view(), what), KeyProtection::plain};
  if (block.label == "EC PRIVATE KEY")
    return {PrivateKey::from_sec1(block.der.view(), what), KeyProtection::plain};
  return open_encrypted(block.der.view(), what, ask);
}

std::string format_private_key(const PrivateKey& key, const Secret& passphrase) {
  const std::string salt = random_bytes(32);
  const std::string nonce = random_bytes(kSecretboxNonce);
  const Secret derived = scrypt(passphrase.view(), salt, kScryptN, 8, 1, kSecretboxKey);
  const Secret der = key.pkcs8();
  // Members in the order of cosign's structs.
  const OrderedJson json = {{"kdf",
                             {{"name", "scrypt"},
                              {"params", {{"N", kScryptN}, {"r", 8}, {"p", 1}}},
                              {"salt", to_base64(salt)}}},
                            {"cipher", {{"name", "nacl/secretbox"}, {"nonce", to_base64(nonce)}}},
                            {"ciphertext", to_base64(secretbox_seal(derived, nonce, der.view()))}};
  return to_pem(kSigstoreLabel, to_text(json));
}

void write_new_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode) {
  const auto directory = path.has_parent_path() ? path.parent_path() : ".";
  TempFile file(directory);
  file.write(bytes);
  if (::fchmod(file.fd(), mode) != 0 || ::fsync(file.fd()) != 0)
    throw system_error(path.string(), errno);
  // link() gives the name only when nobody has it; the temporary name goes with `file`.
  if (::link(file.path().c_str(), path.c_str()) != 0) {
    if (errno == EEXIST)
      throw Error(ExitCode::failed, path.string() + ": exists already and is not overwritten",
                  "give another name with --out, or move the file away");
    throw system_error(path.string(), errno);
  }
  sync_directory(directory);
}

}  // namespace aiops::sign
