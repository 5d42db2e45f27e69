// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "registry/challenge.hpp"
#include "registry/credentials.hpp"
#include "registry/http_client.hpp"
#include "registry/retry.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace aiops::registry {

// What a request needs, as the token protocol writes it: "repository:team/model:pull".
using Scopes = std::vector<std::string>;

using CredentialLookup = std::function<std::optional<Credentials>()>;

// Answers a registry's challenges: Basic, or Bearer with tokens from its realm. Tokens are kept per
// set of scopes and renewed at four fifths of their life. Safe from several threads; one fetches,
// the others wait for its token.
class Authenticator {
 public:
  // `registry`: the base URL that the credentials belong to. `lookup` is called once, on the first
  // challenge.
  Authenticator(HttpClient& client, Url registry, CredentialLookup lookup, HostGate& gate,
                int retries, const StopFlag& stop);

  // The Authorization field for a request; empty until the registry has challenged.
  std::string authorization(const Scopes& scopes);

  // Takes in a 401 to a request that was sent with `used`. True: ask for authorization() again and
  // repeat the request. False: nothing better can be offered. Throws Error{denied} when the realm
  // refuses the credentials, and when the realm itself is not to be trusted with them.
  bool challenged(const Response& refusal, const Scopes& scopes, const std::string& used);

  // Where the credentials in use came from; empty when there are none.
  std::string credentials_origin();

 private:
  struct Token {
    std::string value;
    std::chrono::steady_clock::time_point renew_at;
  };

  const std::optional<Credentials>& credentials();
  std::string token_for(const Scopes& scopes, const Scopes& wanted_first);
  Token fetch(const Scopes& scopes);
  Response ask_realm(const Url& realm, const Scopes& scopes);
  std::optional<Response> ask_with_refresh_token(const Url& realm, const Scopes& scopes);
  Response exchange_with_retries(const Request& request);
  Url checked_realm() const;

  HttpClient& client_;
  Url registry_;
  CredentialLookup lookup_;
  HostGate& gate_;
  int retries_;
  const StopFlag& stop_;

  std::mutex mutex_;
  bool looked_up_ = false;
  std::optional<Credentials> credentials_;
  std::optional<Challenge> challenge_;
  std::map<std::string, Token> tokens_;  // by the scopes, joined
};

}  // namespace aiops::registry
