// SPDX-License-Identifier: Apache-2.0
#include "registry/session.hpp"

#include "base/error.hpp"
#include "registry/refusal.hpp"
#include "registry/warnings.hpp"

namespace aiops::registry {
namespace {

constexpr int kRedirects = 10;
constexpr std::uint64_t kLongBody = 64u << 20;  // may take as long to send as a token lives

bool is_redirect(const Response& response, Method method) {
  const int s = response.status;
  const bool keeps_method = s == 307 || s == 308;
  const bool reading = method == Method::get || method == Method::head;
  return keeps_method || (reading && (s == 301 || s == 302 || s == 303));
}

}  // namespace

Session::Session(Url base, HttpOptions http, CredentialLookup lookup, int retries, Status& status,
                 const StopFlag& stop, Purpose purpose)
    : base_(std::move(base)),
      retries_(retries),
      status_(status),
      stop_(stop),
      traffic_(http.traffic),
      client_(std::move(http), status, stop),
      authenticator_(client_, base_, std::move(lookup), purpose, retries, status, stop) {}

// Without Expect where a server, or a proxy before it, does not take it (RFC 9110 §15.5.18).
Response Session::expecting(Request& request, Reach reach) {
  if (unexpecting_) request.expect = Request::Expect::never;
  Response response = client_.exchange(request, reach);
  if (response.status != 417 || request.expect == Request::Expect::never) return response;
  unexpecting_ = true;
  request.expect = Request::Expect::never;
  return client_.exchange(request, reach);
}

// One request to one place, once more after a challenge that could be answered.
Response Session::authorized(Request& request, const Scopes& scopes) {
  const bool ours = request.url.origin() == base_.origin();
  const Reach reach = reach_of(request.url, base_);
  const bool long_body = request.upload != nullptr && request.upload->size >= kLongBody;
  const auto bare = request.headers;
  for (int tries = 0;; ++tries) {
    const std::string authorization =
        ours ? authenticator_.authorization(scopes, long_body ? Body::long_ : Body::short_)
             : std::string();
    request.headers = bare;
    if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
    gate_.pass(stop_);
    Response response = expecting(request, reach);
    request.headers = bare;
    if (!ours) return response;
    show_warnings(response, base_.authority, status_);
    if (response.status == 401 && tries == 0 && answers_challenge(response, scopes, authorization))
      continue;
    if (response.status == 401 || response.status == 403)
      response.credentials = authenticator_.credentials_origin();
    if (!response.ok() && error_code(response) == "TOOMANYREQUESTS") response.status = 429;
    return response;
  }
}

bool Session::answers_challenge(const Response& refusal, const Scopes& scopes,
                                const std::string& authorization) {
  // Some registries refuse without saying how to ask; the base of the API does.
  const bool silent = !refusal.headers.find("WWW-Authenticate");
  const Response challenge = silent ? client_.exchange({Method::get, url("/v2/")}) : refusal;
  return authenticator_.challenged(challenge, scopes, authorization);
}

Response Session::attempt(Request request, const Scopes& scopes) {
  for (int hops = 0;; ++hops) {
    Response response = authorized(request, scopes);
    if (!is_redirect(response, request.method)) return response;
    const auto location = response.headers.find("Location");
    if (!location) return response;
    if (hops == kRedirects)
      throw Error(ExitCode::failed, base_.authority + " redirects more than 10 times");
    request.url = resolve_location(request.url, *location);
  }
}

Response Session::send(const Request& request, const Scopes& scopes) {
  RetryBudget tries = budget();
  while (true) {
    try {
      Response response = attempt(request, scopes);
      if (!is_transient(response.status) || !tries.try_again(response)) return response;
    } catch (const TransportFailure& failure) {
      if (failure.kind == TransportFailure::Kind::tls || !tries.try_again())
        throw unreachable(failure, request.url);
    }
  }
}

void Session::pause(Milliseconds about) const { wait_about(about, stop_); }

}  // namespace aiops::registry
