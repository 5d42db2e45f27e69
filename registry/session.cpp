// SPDX-License-Identifier: Apache-2.0
#include "registry/session.hpp"

#include "base/error.hpp"
#include "registry/refusal.hpp"

namespace aiops::registry {
namespace {

constexpr int kRedirects = 10;

bool is_redirect(const Response& response, Method method) {
  const int s = response.status;
  const bool keeps_method = s == 307 || s == 308;
  const bool reading = method == Method::get || method == Method::head;
  return keeps_method || (reading && (s == 301 || s == 302 || s == 303));
}

}  // namespace

Session::Session(Url base, HttpOptions http, CredentialLookup lookup, int retries, Status& status,
                 const StopFlag& stop)
    : base_(std::move(base)),
      retries_(retries),
      stop_(stop),
      traffic_(http.traffic),
      client_(std::move(http), status, stop),
      authenticator_(client_, base_, std::move(lookup), gate_, retries, stop) {}

// One request to one place, once more after a challenge that could be answered.
Response Session::authorized(Request& request, const Scopes& scopes) {
  const bool ours = request.url.origin() == base_.origin();
  const bool named_by_server = request.url.host() != base_.host();
  const Reach reach =
      named_by_server && !is_loopback_host(base_.host()) ? Reach::nearby_excluded : Reach::anywhere;
  const auto bare = request.headers;
  for (int tries = 0;; ++tries) {
    const std::string authorization = ours ? authenticator_.authorization(scopes) : std::string();
    request.headers = bare;
    if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
    gate_.pass(stop_);
    Response response = client_.exchange(request, reach);
    request.headers = bare;
    const bool refused = response.status == 401 && ours && tries == 0;
    if (!refused) return response;
    // Some registries refuse without saying how to ask; the base of the API does.
    const bool silent = !response.headers.find("WWW-Authenticate");
    const Response challenge =
        silent ? client_.exchange({Method::get, url("/v2/")}, reach) : response;
    if (!authenticator_.challenged(challenge, scopes, authorization)) return response;
  }
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
