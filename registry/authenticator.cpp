// SPDX-License-Identifier: Apache-2.0
// The token protocol of the distribution project: a 401 names a realm, the realm trades credentials
// (or nothing) for a token, the token goes with the request. What a challenge says is attacker
// input until proven otherwise: the realm gets our password, so it must be https unless the
// registry itself is not, carry no user information, and is never followed to another place.
#include "registry/authenticator.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "registry/refusal.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

namespace aiops::registry {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::uint64_t kTokenAnswerLimit = 64 << 10;
constexpr std::int64_t kDefaultLife = 60;  // seconds, when expires_in is absent
constexpr std::int64_t kLongestLife = 24 * 3600;

std::string joined(const Scopes& scopes) {
  std::string text;
  for (const auto& scope : scopes) text.append(text.empty() ? "" : " ").append(scope);
  return text;
}

Scopes split(const std::string& text) {
  std::istringstream words(text);
  Scopes scopes;
  for (std::string word; words >> word;) scopes.push_back(word);
  return scopes;
}

// The last two labels: enough to tell auth.docker.io from a stranger's host.
std::string domain_of(const std::string& host) {
  const auto last = host.rfind('.');
  if (last == std::string::npos || last == 0) return host;
  const bool address = host.find_first_not_of("0123456789.:abcdef") == std::string::npos;
  const auto before = host.rfind('.', last - 1);
  return address || before == std::string::npos ? host : host.substr(before + 1);
}

std::string basic(const Credentials& credentials) {
  return "Basic " + to_base64(credentials.user + ":" + credentials.password);
}

}  // namespace

Authenticator::Authenticator(HttpClient& client, Url registry, CredentialLookup lookup,
                             HostGate& gate, int retries, const StopFlag& stop)
    : client_(client),
      registry_(std::move(registry)),
      lookup_(std::move(lookup)),
      gate_(gate),
      retries_(retries),
      stop_(stop) {}

const std::optional<Credentials>& Authenticator::credentials() {
  if (!looked_up_) {
    credentials_ = lookup_ ? lookup_() : std::nullopt;
    looked_up_ = true;
  }
  return credentials_;
}

std::string Authenticator::credentials_origin() {
  const std::lock_guard lock(mutex_);
  return credentials_ ? credentials_->origin : std::string();
}

std::string Authenticator::authorization(const Scopes& scopes) {
  const std::lock_guard lock(mutex_);
  if (!challenge_) return {};
  if (challenge_->scheme == "basic") return credentials() ? basic(*credentials_) : std::string();
  return "Bearer " + token_for(scopes, {});
}

bool Authenticator::challenged(const Response& refusal, const Scopes& scopes,
                               const std::string& used) {
  const std::lock_guard lock(mutex_);
  std::optional<Challenge> chosen;
  for (const auto& field : refusal.headers.all("WWW-Authenticate"))
    for (auto& challenge : parse_challenges(field)) {
      const bool bearer = challenge.scheme == "bearer" && !challenge.parameter("realm").empty();
      if (bearer || (challenge.scheme == "basic" && !chosen)) chosen = std::move(challenge);
    }
  if (!chosen) return false;
  challenge_ = std::move(chosen);
  if (challenge_->scheme == "basic") return credentials() && basic(*credentials_) != used;
  const auto known = tokens_.find(joined(scopes));
  if (known != tokens_.end()) {
    if ("Bearer " + known->second.value != used) return true;  // another thread has renewed it
    tokens_.erase(known);
  }
  token_for(scopes, split(challenge_->parameter("scope")));
  return true;
}

// `wanted_first`: what the registry says is missing, ahead of what we think we need, because some
// realms read only the first scope.
std::string Authenticator::token_for(const Scopes& scopes, const Scopes& wanted_first) {
  const std::string key = joined(scopes);
  const auto known = tokens_.find(key);
  if (known != tokens_.end() && Steady::now() < known->second.renew_at) return known->second.value;
  Scopes all = wanted_first;
  for (const auto& scope : scopes)
    if (std::find(all.begin(), all.end(), scope) == all.end()) all.push_back(scope);
  Token token = fetch(all);
  return (tokens_[key] = std::move(token)).value;
}

Url Authenticator::checked_realm() const {
  const std::string text = challenge_->parameter("realm");
  Url realm = Url::parse(text, "the token realm of " + registry_.host());
  if (registry_.is_https() && !realm.is_https())
    throw Error(ExitCode::denied,
                registry_.host() + " names a token realm without https: " + realm.masked());
  return realm;
}

Authenticator::Token Authenticator::fetch(const Scopes& scopes) {
  const Response answer = ask_realm(checked_realm(), scopes);
  const std::string host = answer.url.host();
  if (answer.status == 401 || answer.status == 403)
    throw Error(ExitCode::denied,
                credentials_ ? host + " refused the credentials from " + credentials_->origin +
                                   server_text(answer)
                             : host + " gives no token to anonymous users" + server_text(answer),
                "aiops login " + registry_.authority);
  if (!answer.ok()) throw refusal(answer, "ask for a token at " + answer.url.masked());
  const Json json = parse_json(answer.body, "the token of " + host);
  Token token;
  for (const char* name : {"token", "access_token"})
    if (token.value.empty() && json.is_object() && json.contains(name) && json[name].is_string())
      token.value = json[name].get<std::string>();
  const bool usable =
      !token.value.empty() && std::all_of(token.value.begin(), token.value.end(),
                                          [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!usable) throw Error(ExitCode::failed, host + " sent no usable token");
  std::int64_t life = kDefaultLife;
  if (const auto stated = json.find("expires_in");
      stated != json.end() && stated->is_number_integer() && stated->get<double>() > 0)
    life = static_cast<std::int64_t>(std::min(stated->get<double>(), double{kLongestLife}));
  token.renew_at = Steady::now() + std::chrono::milliseconds(life * 800);
  return token;
}

Response Authenticator::ask_realm(const Url& realm, const Scopes& scopes) {
  if (credentials() && !credentials_->identity_token.empty())
    if (auto answer = ask_with_refresh_token(realm, scopes)) return *answer;
  Request request{Method::get, realm};
  if (const auto service = challenge_->parameter("service"); !service.empty())
    request.url = request.url.with_query("service", service);
  for (const auto& scope : scopes) request.url = request.url.with_query("scope", scope);
  if (credentials_ && credentials_->identity_token.empty())
    request.headers.emplace_back("Authorization", basic(*credentials_));
  return exchange_with_retries(request);
}

// OAuth2 as docker's token servers speak it. Nothing when the server does not: then GET.
std::optional<Response> Authenticator::ask_with_refresh_token(const Url& realm,
                                                              const Scopes& scopes) {
  if (realm.host() != registry_.host() && domain_of(realm.host()) != domain_of(registry_.host()))
    throw Error(ExitCode::denied, registry_.host() + " wants an identity token sent to " +
                                      realm.host() + ", which is another domain");
  Request request{Method::post, realm};
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  request.body =
      "grant_type=refresh_token&refresh_token=" + percent_encode(credentials_->identity_token) +
      "&service=" + percent_encode(challenge_->parameter("service")) +
      "&client_id=aiops&scope=" + percent_encode(joined(scopes));
  Response answer = exchange_with_retries(request);
  const bool unsupported =
      answer.status == 400 || answer.status == 401 || answer.status == 404 || answer.status == 405;
  if (unsupported) return std::nullopt;
  return answer;
}

Response Authenticator::exchange_with_retries(const Request& original) {
  Request request = original;
  request.body_limit = kTokenAnswerLimit;
  const Reach reach = is_loopback_host(registry_.host()) || request.url.host() == registry_.host()
                          ? Reach::anywhere
                          : Reach::nearby_excluded;
  RetryBudget budget(retries_, gate_, stop_, client_.traffic());
  while (true) {
    try {
      Response answer = client_.exchange(request, reach);
      if (!is_transient(answer.status) || !budget.try_again(answer)) return answer;
    } catch (const TransportFailure& failure) {
      if (failure.kind == TransportFailure::Kind::tls || !budget.try_again())
        throw unreachable(failure, request.url);
    }
  }
}

}  // namespace aiops::registry
