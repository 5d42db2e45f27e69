// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "cli/configuration.hpp"
#include "cli/settings.hpp"
#include "cli/text.hpp"
#include "cli/verb.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace aiops {
namespace {

// A verb that asks for what it did not declare is a mistake of the program, not of its user.
[[noreturn]] void undeclared(const Verb& verb, std::string_view name) {
  std::fprintf(stderr, "aiops: verb '%s' asks for '%.*s', which it does not declare\n",
               verb.name.c_str(), static_cast<int>(name.size()), name.data());
  std::abort();
}

const Flag& declared(const Verb& verb, std::string_view name) {
  const auto at = std::ranges::find(verb.flags, name, &Flag::name);
  if (at == verb.flags.end()) undeclared(verb, name);
  return *at;
}

const Positional& declared_positional(const Verb& verb, std::string_view name) {
  const auto at = std::ranges::find(verb.positionals, name, &Positional::name);
  if (at == verb.positionals.end()) undeclared(verb, name);
  return *at;
}

// The value that holds for a flag, and how to name it in a complaint.
struct Held {
  std::vector<std::string> values;
  std::string source;
};

Held held(const Arguments& arguments, const Verb& verb, const Settings& settings,
          std::string_view name) {
  const Flag& flag = declared(verb, name);
  const auto given = arguments.flags.find(name);
  if (given != arguments.flags.end()) return {given->second, "--" + flag.name};
  if (!flag.setting.empty()) {
    const auto value = settings.find(flag.setting);
    if (value && value->origin != kDefaultOrigin)
      return {flag.repeat ? split(value->value, ',') : std::vector{value->value},
              flag.setting + " (" + value->origin + ")"};
  }
  if (flag.fallback.empty()) return {};
  return {{flag.fallback}, "--" + flag.name};
}

template <typename T>
std::optional<T> parse_between(const Held& held, T low, T high, const char* kind) {
  if (held.values.empty()) return std::nullopt;
  const std::string& text = held.values.back();
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value >= low && value <= high)
    return value;
  throw Error(ExitCode::usage, held.source + " is '" + printable(text) + "', but must be " + kind +
                                   " from " + format_bound(low) + " to " + format_bound(high));
}

}  // namespace

bool Arguments::has(std::string_view flag) const {
  declared(*verb_, flag);
  return flags.contains(flag);
}

bool Arguments::is_on(std::string_view flag) const {
  const auto value = held(*this, *verb_, *settings_, flag);
  if (value.values.empty()) return false;
  return flags.contains(flag) || value.values.back() == "true";
}

std::optional<std::string> Arguments::text(std::string_view flag) const {
  auto value = held(*this, *verb_, *settings_, flag);
  if (value.values.empty()) return std::nullopt;
  return std::move(value.values.back());
}

std::string Arguments::required_text(std::string_view flag) const {
  auto value = text(flag);
  if (value) return *value;
  const Flag& known = declared(*verb_, flag);
  throw Error(ExitCode::usage, "--" + known.name + " is needed",
              "add --" + known.name + " " + known.value);
}

std::vector<std::string> Arguments::texts(std::string_view flag) const {
  return held(*this, *verb_, *settings_, flag).values;
}

std::optional<std::int64_t> Arguments::integer(std::string_view flag, std::int64_t low,
                                               std::int64_t high) const {
  return parse_between(held(*this, *verb_, *settings_, flag), low, high, "a whole number");
}

std::optional<double> Arguments::number(std::string_view flag, double low, double high) const {
  return parse_between(held(*this, *verb_, *settings_, flag), low, high, "a number");
}

std::optional<std::uint64_t> Arguments::bytes(std::string_view flag) const {
  const auto value = held(*this, *verb_, *settings_, flag);
  if (value.values.empty()) return std::nullopt;
  return parse_bytes(value.values.back(), value.source);
}

std::optional<std::filesystem::path> Arguments::path(std::string_view flag) const {
  auto value = text(flag);
  if (!value) return std::nullopt;
  return std::filesystem::path(*value);
}

std::string Arguments::word(std::string_view positional) const {
  return optional_word(positional).value_or("");
}

std::optional<std::string> Arguments::optional_word(std::string_view positional) const {
  const auto all = words(positional);
  if (all.empty()) return std::nullopt;
  return all.front();
}

std::vector<std::string> Arguments::words(std::string_view positional) const {
  declared_positional(*verb_, positional);
  const auto at = positionals.find(positional);
  return at == positionals.end() ? std::vector<std::string>{} : at->second;
}

}  // namespace aiops
