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

// Whether a request carries so much that its token should outlive the sending.
enum class Body { short_, long_ };

// Answers a registry's challenges: Basic, or Bearer with tokens from its realm. Tokens are kept per
// set of scopes and renewed at four fifths of their life, before a long body at one fifth. Safe
// from several threads; one fetches, the others wait for its token.
//
// Stored credentials that the realm refuses do not stand in the way of what is public: reads go on
// as anonymous with a warning that names where they came from.
class Authenticator {
 public:
  // `registry`: the base URL that the credentials belong to. `lookup` is called once, on the first
  // challenge.
  Authenticator(HttpClient& client, Url registry, CredentialLookup lookup, Purpose purpose,
                int retries, Status& status, const StopFlag& stop);

  // The Authorization field for a request; empty until the registry has challenged.
  std::string authorization(const Scopes& scopes, Body body = Body::short_);

  // Takes in a 401 to a request that was sent with `used`. True: ask for authorization() again and
  // repeat the request. False: nothing better can be offered. Throws Error{denied} when the realm
  // refuses the credentials, and when the realm itself is not to be trusted with them.
  bool challenged(const Response& refusal, const Scopes& scopes, const std::string& used);

  // Where the credentials came from, those that were refused included; empty when there are none.
  std::string credentials_origin();

 private:
  using Steady = std::chrono::steady_clock;
  struct Token {
    std::string value;
    Steady::time_point fetched;
    std::chrono::seconds life;

    bool good_for(Body body) const;
  };

  const std::optional<Credentials>& credentials();
  void forget_credentials(const std::string& why);
  std::string token_for(const Scopes& scopes, Body body);
  Token fetch(const Scopes& scopes);
  Response ask_realm(const Url& realm, const Scopes& scopes);
  std::optional<Response> ask_with_refresh_token(const Url& realm, const Scopes& scopes);
  Response exchange_with_retries(const Request& request);
  Url checked_realm() const;

  HttpClient& client_;
  Url registry_;
  CredentialLookup lookup_;
  Purpose purpose_;
  int retries_;
  Status& status_;
  const StopFlag& stop_;
  HostGate gate_;  // the realm's own: its 429 says nothing about the registry

  std::mutex mutex_;
  bool looked_up_ = false;
  std::optional<Credentials> credentials_;
  std::string origin_;
  std::optional<Challenge> challenge_;
  std::map<std::string, Token> tokens_;   // by the scopes, joined
  std::map<std::string, Scopes> wanted_;  // by the same: what the registry found missing
};

}  // namespace aiops::registry
