// SPDX-License-Identifier: Apache-2.0
#include "registry/curl_failure.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"

#include <array>

namespace aiops::registry {
namespace {

using Kind = TransportFailure::Kind;

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string in_our_style(std::string text) {
  if (!text.starts_with("OpenSSL") && !text.empty())
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.pop_back();
  return printable(text);
}

// TLS 1.3 reports what the server thinks of our certificate after the handshake, as a failed read.
bool wants_certificate(const std::string& text) {
  constexpr std::array kAlerts = {"alert certificate required", "alert bad certificate",
                                  "alert unknown ca"};
  for (const char* alert : kAlerts)
    if (holds(text, alert)) return true;
  return false;
}

// After a reset libcurl keeps the first thing it could not do: to ask for the address of a peer
// that is gone.
std::string with_its_cause(std::string text) {
  const bool gone = holds(text, "getpeername() failed") || holds(text, "getsockname() failed");
  return gone ? "connection reset by peer" : std::move(text);
}

Kind kind_of(CURLcode code, const std::string& text) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
      return Kind::connect;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return Kind::tls;
    case CURLE_SSL_CONNECT_ERROR:
      return holds(text, "SYSCALL") || holds(text, "eset by peer") ? Kind::broken : Kind::tls;
    default:
      return Kind::broken;
  }
}

}  // namespace

void throw_proxy_refusal(const std::string& proxy, long status, const Url& url) {
  if (status == 407)
    throw Error(ExitCode::denied, "the proxy " + proxy + " asks for a user and a password (407)",
                "put them into https_proxy or http_proxy: http://USER:PASSWORD@" + proxy);
  throw Error(ExitCode::denied,
              "the proxy " + proxy + " does not allow " + url.authority + " (403)",
              "name the host in no_proxy, if it can be reached without the proxy");
}

void throw_failure(const CurlFailure& failure, const HttpOptions& options, const Url& url) {
  std::string text = with_its_cause(in_our_style(failure.text));
  if (failure.proxy_status == 407 || failure.proxy_status == 403)
    throw_proxy_refusal(failure.proxy, failure.proxy_status, url);
  switch (failure.code) {
    case CURLE_SSL_CACERT_BADFILE:
      throw Error(ExitCode::usage, "cannot use the certificates in " + options.ca_file.string());
    case CURLE_SSL_CERTPROBLEM:
      throw Error(ExitCode::usage, "cannot use the client certificate " +
                                       options.client_certificate.string() + ": " + text);
    case CURLE_COULDNT_RESOLVE_PROXY:
      throw Error(ExitCode::unavailable, "there is no proxy " + failure.proxy,
                  "look at http_proxy, https_proxy and all_proxy");
    case CURLE_OUT_OF_MEMORY:
      throw std::bad_alloc();
    default:
      break;
  }
  if (wants_certificate(text))
    throw Error(
        ExitCode::denied,
        options.client_certificate.empty()
            ? url.authority + " asks for a client certificate"
            : url.authority + " does not take the client certificate " +
                  options.client_certificate.string(),
        "put client.cert and client.key into ~/.config/containers/certs.d/" + url.authority + "/");
  if (!failure.proxy.empty()) text += " (through the proxy " + failure.proxy + ")";
  throw TransportFailure(kind_of(failure.code, text), text);
}

}  // namespace aiops::registry
