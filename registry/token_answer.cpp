// SPDX-License-Identifier: Apache-2.0
#include "registry/token_answer.hpp"

#include "base/error.hpp"
#include "base/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::registry {
namespace {

constexpr std::chrono::seconds kDefaultLife{60};
constexpr double kLongestLife = 24 * 3600;

std::string token_in(const Json& json) {
  for (const char* name : {"token", "access_token"})
    if (const auto found = json.find(name); found != json.end() && found->is_string())
      if (auto token = found->get<std::string>(); !token.empty()) return token;
  return {};
}

std::chrono::seconds life_in(const Json& json) {
  const auto stated = json.find("expires_in");
  const double seconds = stated != json.end() && stated->is_number() ? stated->get<double>() : 0;
  if (!(seconds >= 1)) return kDefaultLife;
  return std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, kLongestLife)));
}

}  // namespace

TokenAnswer parse_token_answer(std::string_view body, const std::string& host) {
  const Json json = parse_json(body, "the token of " + host);
  const std::string token = json.is_object() ? token_in(json) : std::string();
  const bool usable =
      !token.empty() &&
      std::all_of(token.begin(), token.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!usable) throw Error(ExitCode::failed, host + " sent no usable token");
  return {token, life_in(json)};
}

}  // namespace aiops::registry
