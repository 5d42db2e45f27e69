// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/authenticator.hpp"
#include "registry/http_client.hpp"
#include "registry/retry.hpp"

#include <atomic>
#include <string>
#include <string_view>

namespace aiops::registry {

// A registry as its clients see it: requests carry credentials where they belong, follow redirects,
// and are repeated when that can help. Safe from several threads.
class Session {
 public:
  // `purpose`: reads may go on as anonymous where the credentials are refused.
  Session(Url base, HttpOptions http, CredentialLookup lookup, int retries, Status& status,
          const StopFlag& stop, Purpose purpose = Purpose::read);

  const Url& base() const { return base_; }
  Url url(std::string target) const { return {base_.scheme, base_.authority, std::move(target)}; }

  // One attempt: waits at the host's gate, answers one challenge, follows up to 10 redirects (POST
  // and PUT only 307 and 308). Authorization goes to the registry's own scheme, host and port and
  // nowhere else. A request may need several scopes (a mount reads another repository). An answer
  // with TOOMANYREQUESTS in its body is a 429, whatever its status. Throws TransportFailure.
  Response attempt(Request request, const Scopes& scopes);

  // attempt() until there is an answer that is not transient, or the budget is spent: then the last
  // answer, or Error{unavailable}. For requests that may safely be repeated.
  Response send(const Request& request, const Scopes& scopes);

  // Waits about that long, with jitter. Throws as StopFlag::check.
  void pause(Milliseconds about) const;

  Traffic& traffic() { return *traffic_; }
  RetryBudget budget() { return {retries_, gate_, stop_, *traffic_}; }

 private:
  Response authorized(Request& request, const Scopes& scopes);
  bool answers_challenge(const Response& refusal, const Scopes& scopes,
                         const std::string& authorization);
  Response expecting(Request& request, Reach reach);

  Url base_;
  int retries_;
  Status& status_;
  const StopFlag& stop_;
  HostGate gate_;
  std::atomic<bool> unexpecting_{false};
  std::shared_ptr<Traffic> traffic_;
  HttpClient client_;
  Authenticator authenticator_;
};

}  // namespace aiops::registry
