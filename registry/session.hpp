// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/authenticator.hpp"
#include "registry/http_client.hpp"
#include "registry/retry.hpp"

#include <string>
#include <string_view>

namespace aiops::registry {

// A registry as its clients see it: requests carry credentials where they belong, follow redirects,
// and are repeated when that can help. Safe from several threads.
class Session {
 public:
  Session(Url base, HttpOptions http, CredentialLookup lookup, int retries, Status& status,
          const StopFlag& stop);

  const Url& base() const { return base_; }
  Url url(std::string target) const { return {base_.scheme, base_.authority, std::move(target)}; }

  // One attempt: waits at the host's gate, answers one challenge, follows up to 10 redirects (POST
  // and PUT only 307 and 308). Authorization goes to the registry's own scheme, host and port and
  // nowhere else. Throws TransportFailure.
  Response attempt(Request request, const Scopes& scopes);

  // attempt() until there is an answer that is not transient, or the budget is spent: then the last
  // answer, or Error{unavailable}. For requests that may safely be repeated.
  Response send(const Request& request, const Scopes& scopes);

  // Waits about that long, with jitter. Throws as StopFlag::check.
  void pause(Milliseconds about) const;

  Traffic& traffic() { return *traffic_; }
  RetryBudget budget() { return {retries_, gate_, stop_, *traffic_}; }
  std::string credentials_origin() { return authenticator_.credentials_origin(); }

 private:
  Response authorized(Request& request, const Scopes& scopes);

  Url base_;
  int retries_;
  const StopFlag& stop_;
  HostGate gate_;
  std::shared_ptr<Traffic> traffic_;
  HttpClient client_;
  Authenticator authenticator_;
};

}  // namespace aiops::registry
