// SPDX-License-Identifier: Apache-2.0
// The token protocol of the distribution project: a 401 names a realm, the realm trades credentials
// (or nothing) for a token, the token goes with the request. What a challenge says is attacker
// input until proven otherwise: the realm gets our password, so it must be https unless the
// registry itself is not, carry no user information, and is never followed to another place.
#include "registry/authenticator.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "registry/refusal.hpp"
#include "registry/token_answer.hpp"

#include <algorithm>
#include <sstream>

namespace aiops::registry {
namespace {

constexpr std::uint64_t kTokenAnswerLimit = 64 << 10;

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

// The last two labels, of example.co.uk three: enough to tell auth.docker.io from a stranger's
// host.
std::string domain_of(const std::string& host) {
  const auto last = host.rfind('.');
  if (last == std::string::npos || last == 0) return host;
  const bool address = host.find_first_not_of("0123456789.:abcdef") == std::string::npos;
  auto before = host.rfind('.', last - 1);
  const bool country = host.size() - last == 3 && before != std::string::npos && last - before <= 4;
  if (country && before > 0) before = host.rfind('.', before - 1);
  return address || before == std::string::npos ? host : host.substr(before + 1);
}

std::string basic(const Credentials& credentials) {
  return "Basic " + to_base64(credentials.user + ":" + credentials.password);
}

}  // namespace

bool Authenticator::Token::good_for(Body body) const {
  return (Steady::now() - fetched) * 5 < life * (body == Body::long_ ? 1 : 4);
}

Authenticator::Authenticator(HttpClient& client, Url registry, CredentialLookup lookup,
                             Purpose purpose, int retries, Status& status, const StopFlag& stop)
    : client_(client),
      registry_(std::move(registry)),
      lookup_(std::move(lookup)),
      purpose_(purpose),
      retries_(retries),
      status_(status),
      stop_(stop) {}

const std::optional<Credentials>& Authenticator::credentials() {
  if (!looked_up_) {
    credentials_ = lookup_ ? lookup_() : std::nullopt;
    if (credentials_) origin_ = credentials_->origin;
    looked_up_ = true;
  }
  return credentials_;
}

// What is public can be read without them.
void Authenticator::forget_credentials(const std::string& why) {
  status_.warn(why + "; going on without credentials");
  credentials_.reset();
}

std::string Authenticator::credentials_origin() {
  const std::lock_guard lock(mutex_);
  return origin_;
}

std::string Authenticator::authorization(const Scopes& scopes, Body body) {
  const std::lock_guard lock(mutex_);
  if (!challenge_) return {};
  if (challenge_->scheme == "basic") return credentials() ? basic(*credentials_) : std::string();
  return "Bearer " + token_for(scopes, body);
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
  const std::string key = joined(scopes);
  const auto known = tokens_.find(key);
  if (known != tokens_.end()) {
    if ("Bearer " + known->second.value != used) return true;  // another thread has renewed it
    tokens_.erase(known);
  }
  wanted_[key] = split(challenge_->parameter("scope"));
  token_for(scopes, Body::short_);
  return true;
}

// What the registry says is missing is asked for ahead of what we think we need, because some
// realms read only the first scope.
std::string Authenticator::token_for(const Scopes& scopes, Body body) {
  const std::string key = joined(scopes);
  const auto known = tokens_.find(key);
  if (known != tokens_.end() && known->second.good_for(body)) return known->second.value;
  Scopes all = wanted_[key];
  for (const auto& scope : scopes)
    if (std::find(all.begin(), all.end(), scope) == all.end()) all.push_back(scope);
  return (tokens_[key] = fetch(all)).value;
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
  const Url realm = checked_realm();
  const auto refused = [](const Response& answer) {
    return answer.status == 401 || answer.status == 403;
  };
  Response answer = ask_realm(realm, scopes);
  if (refused(answer) && credentials_ && purpose_ == Purpose::read) {
    forget_credentials(realm.host() + " refused the credentials from " + origin_);
    answer = ask_realm(realm, scopes);
  }
  if (refused(answer))
    throw Error(
        ExitCode::denied,
        credentials_
            ? realm.host() + " refused the credentials from " + origin_ + server_text(answer)
            : realm.host() + " gives no token to anonymous users" + server_text(answer),
        "aiops login " + registry_.authority);
  if (!answer.ok()) throw refusal(answer, "ask for a token at " + answer.url.masked());
  TokenAnswer granted = parse_token_answer(answer.body, realm.host());
  return {std::move(granted.token), Steady::now(), granted.life};
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
  if (!unsupported) return answer;
  if (purpose_ == Purpose::read)
    forget_credentials(realm.host() + " does not take the identity token from " + origin_);
  return std::nullopt;
}

Response Authenticator::exchange_with_retries(const Request& original) {
  Request request = original;
  request.body_limit = kTokenAnswerLimit;
  const Reach reach = reach_of(request.url, registry_);
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
