// SPDX-License-Identifier: Apache-2.0
#include "sign/bundle.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/error.hpp"
#include "pack/media_type.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace aiops::sign {
namespace {

constexpr std::array<std::string_view, 4> kReadable = {
    "application/vnd.dev.sigstore.bundle.v0.3+json",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.1"};

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
  throw Error(ExitCode::failed, std::string(what) + ": " + why);
}

const Json& member(const Json& value, const char* name, std::string_view what) {
  const auto found = value.find(name);
  if (found == value.end() || !found->is_object())
    refuse(what, std::string("the bundle has no object '") + name + "'");
  return *found;
}

void check_media_type(const Json& root, std::string_view what) {
  const auto found = root.find("mediaType");
  if (found == root.end() || !found->is_string()) refuse(what, "not a Sigstore bundle");
  const auto& type = found->get_ref<const std::string&>();
  if (std::find(kReadable.begin(), kReadable.end(), type) == kReadable.end())
    refuse(what, "a bundle of media type '" + printable(type) + "', which is not known here");
}

// sigstore_bundle.proto: exactly one kind of material. Certificates are read past: keys are what we
// trust, and a certificate bundle verifies when its key happens to be one of them.
std::string hint_of(const Json& material, std::string_view what) {
  int kinds = 0;
  for (const char* kind : {"publicKey", "certificate", "x509CertificateChain"})
    kinds += material.contains(kind) ? 1 : 0;
  if (kinds != 1) refuse(what, "the bundle does not have exactly one kind of key material");
  const auto key = material.find("publicKey");
  if (key == material.end()) return {};
  if (!key->is_object()) refuse(what, "the bundle's publicKey is not an object");
  const auto hint = key->find("hint");
  return hint != key->end() && hint->is_string() ? hint->get<std::string>() : std::string();
}

}  // namespace

Bundle parse_bundle(std::string_view bytes, std::string_view what) {
  const Json root = parse_json(bytes, what, {kMaxBundle, 32});
  if (!root.is_object()) refuse(what, "not a Sigstore bundle");
  check_media_type(root, what);
  std::string hint = hint_of(member(root, "verificationMaterial", what), what);
  if (root.contains("messageSignature"))
    refuse(what, "a bundle over a blob, which makes no statement about a model");
  return {envelope_from_json(member(root, "dsseEnvelope", what), what), std::move(hint)};
}

std::string to_bytes(const Bundle& bundle) {
  const OrderedJson root = {
      {"mediaType", pack::media_type::kSigstoreBundle},
      {"verificationMaterial",
       {{"publicKey", {{"hint", bundle.hint}}}, {"tlogEntries", OrderedJson::array()}}},
      {"dsseEnvelope", to_json(bundle.envelope)}};
  return to_text(root);
}

std::string sigstore_hint(const PublicKey& key) { return to_base64(sha256_raw(key.der())); }

std::string oms_hint(const PublicKey& key) { return to_hex(sha256_raw(key.pem())); }

const PublicKey* signer_of(const Bundle& bundle, const std::vector<PublicKey>& keys) {
  for (const PublicKey& key : keys)
    if (verify(bundle.envelope, key)) return &key;
  return nullptr;
}

bool hints_at(const Bundle& bundle, const std::vector<PublicKey>& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const PublicKey& key) {
    return bundle.hint == sigstore_hint(key) || bundle.hint == oms_hint(key);
  });
}

}  // namespace aiops::sign
