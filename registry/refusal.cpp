// SPDX-License-Identifier: Apache-2.0
#include "registry/refusal.hpp"

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "registry/redaction.hpp"
#include "registry/retry.hpp"

#include <nlohmann/json.hpp>

namespace aiops::registry {
namespace {

constexpr std::size_t kShown = 200;
constexpr std::size_t kRead = 4096;  // for secrets, which must not be cut before they are found

Json parse_leniently(const std::string& body) {
  if (body.empty() || (body[0] != '{' && body[0] != ' ')) return {};
  try {
    return parse_json(body, "error", {64 << 10, 16});
  } catch (const Error&) {
    return {};
  }
}

const Json* first_error(const Json& body) {
  if (!body.is_object()) return nullptr;
  const auto errors = body.find("errors");
  if (errors == body.end() || !errors->is_array() || errors->empty()) return nullptr;
  return errors->front().is_object() ? &errors->front() : nullptr;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string shown(std::string_view text) {
  std::string plain;
  for (const char c : redacted(text.substr(0, kRead)).substr(0, kShown)) {
    const bool space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!space)
      plain += c;
    else if (!plain.empty() && plain.back() != ' ')
      plain += ' ';
  }
  while (!plain.empty() && plain.back() == ' ') plain.pop_back();
  return plain.empty() ? plain : ": " + printable(plain);
}

}  // namespace

std::string error_code(const Response& response) {
  const Json body = parse_leniently(response.body);
  const Json* error = first_error(body);
  return error == nullptr ? std::string() : text_of(*error, "code");
}

std::string server_text(const Response& response) {
  const Json body = parse_leniently(response.body);
  if (const Json* error = first_error(body)) {
    const std::string message = text_of(*error, "message");
    return shown(message.empty() ? text_of(*error, "code") : message);
  }
  for (const char* key : {"message", "details", "error"})
    if (const auto text = text_of(body, key); !text.empty()) return shown(text);
  return shown(response.body);
}

Error refusal(const Response& response, std::string_view action) {
  const std::string host = response.url.authority;
  const std::string status = std::to_string(response.status);
  const std::string message = "cannot " + std::string(action) + ": ";
  const std::string said = server_text(response);
  switch (response.status) {
    case 401:
      return {ExitCode::denied,
              message + host +
                  (response.credentials.empty()
                       ? " asks for credentials"
                       : " refuses the credentials from " + response.credentials) +
                  said,
              "aiops login " + host};
    case 403:
      return {ExitCode::denied,
              message + host + " does not allow it" +
                  (response.credentials.empty()
                       ? ""
                       : " with the credentials from " + response.credentials) +
                  said,
              "aiops login " + host};
    case 404:
      return {ExitCode::not_found, message + host + " does not have it" + said};
    case 413:
      return {ExitCode::failed, message + host + " or a proxy before it limits bodies (413)" + said,
              "raise the limit of the proxy (nginx: client_max_body_size)"};
    case 400:
      if (said.find("HTTP request to an HTTPS server") != std::string::npos)
        return {ExitCode::unavailable, message + host + " speaks https", "--tls"};
      break;
    default:
      break;
  }
  return {is_transient(response.status) ? ExitCode::unavailable : ExitCode::failed,
          message + host + " answered " + status + said};
}

Error unreachable(const TransportFailure& failure, const Url& url) {
  using Kind = TransportFailure::Kind;
  if (failure.kind == Kind::tls) {
    const bool plain = failure.message.find("wrong version number") != std::string::npos;
    return {
        ExitCode::unavailable, "no trusted connection to " + url.authority + ": " + failure.message,
        plain ? "--plain-http" : "--tls-ca FILE with the certificate authority of the registry"};
  }
  return {ExitCode::unavailable, (failure.kind == Kind::connect ? "cannot reach " : "lost ") +
                                     url.authority + ": " + failure.message};
}

}  // namespace aiops::registry
