// SPDX-License-Identifier: Apache-2.0
#include "sign/dsse.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <nlohmann/json.hpp>

namespace aiops::sign {
namespace {

[[noreturn]] void refuse(std::string_view what, const std::string& why) {
  throw Error(ExitCode::failed, std::string(what) + ": " + why);
}

const std::string& text_member(const Json& value, const char* name, std::string_view what) {
  const auto found = value.find(name);
  if (found == value.end() || !found->is_string())
    refuse(what, std::string("the envelope has no text '") + name + "'");
  return found->get_ref<const std::string&>();
}

std::string base64_member(const Json& value, const char* name, std::string_view what) {
  const std::string& text = text_member(value, name, what);
  try {
    return from_base64(text);
  } catch (const Error&) {
    refuse(what, std::string("the envelope's '") + name + "' is not base64");
  }
}

}  // namespace

std::string pae(std::string_view payload_type, std::string_view payload) {
  std::string text = "DSSEv1 " + std::to_string(payload_type.size()) + " ";
  text.reserve(text.size() + payload_type.size() + payload.size() + 24);
  text.append(payload_type).append(" ").append(std::to_string(payload.size())).append(" ");
  return text.append(payload);
}

Envelope sign_envelope(std::string payload, const PrivateKey& key) {
  std::string signature = key.sign(pae(kInTotoPayload, payload));
  return {std::string(kInTotoPayload), std::move(payload), std::move(signature)};
}

Envelope envelope_from_json(const Json& value, std::string_view what) {
  if (!value.is_object()) refuse(what, "the envelope is not an object");
  const auto signatures = value.find("signatures");
  if (signatures == value.end() || !signatures->is_array() || signatures->size() != 1 ||
      !signatures->front().is_object())
    refuse(what, "the envelope does not have exactly one signature");
  return {text_member(value, "payloadType", what), base64_member(value, "payload", what),
          base64_member(signatures->front(), "sig", what)};
}

// keyid stays empty, as model-signing writes it: a verifier may skip a signature whose keyid is not
// the one it expects, and each expects another form.
OrderedJson to_json(const Envelope& envelope) {
  return {{"payload", to_base64(envelope.payload)},
          {"payloadType", envelope.payload_type},
          {"signatures",
           OrderedJson::array({{{"sig", to_base64(envelope.signature)}, {"keyid", ""}}})}};
}

bool verify(const Envelope& envelope, const PublicKey& key) {
  return key.verify(pae(envelope.payload_type, envelope.payload), envelope.signature);
}

}  // namespace aiops::sign
