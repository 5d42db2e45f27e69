// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aiops {

class Settings;
struct Verb;

// The words of one command line, after parsing. Values that were not given come from the settings
// (environment, project, user, system) of the flag's `setting`, then from its `fallback`. Asking
// for a flag the verb does not declare aborts.
class Arguments {
 public:
  Arguments(const Verb& verb, const Settings& settings) : verb_(&verb), settings_(&settings) {}

  bool has(std::string_view flag) const;    // given on the command line
  bool is_on(std::string_view flag) const;  // a switch that was given or whose setting says true
  std::optional<std::string> text(std::string_view flag) const;
  std::string required_text(std::string_view flag) const;  // throws Error{usage}: "--tag is needed"
  std::vector<std::string> texts(std::string_view flag) const;
  // Throw Error{usage} naming the flag, the value and the range.
  std::optional<std::int64_t> integer(std::string_view flag, std::int64_t low,
                                      std::int64_t high) const;
  std::optional<double> number(std::string_view flag, double low, double high) const;
  std::optional<std::uint64_t> bytes(std::string_view flag) const;
  std::optional<std::filesystem::path> path(std::string_view flag) const;

  // Positionals by name. The parser has checked the arity.
  std::string word(std::string_view positional) const;  // required ones
  std::optional<std::string> optional_word(std::string_view positional) const;
  std::vector<std::string> words(std::string_view positional) const;

  // Filled by the parser.
  std::map<std::string, std::vector<std::string>, std::less<>> flags;
  std::map<std::string, std::vector<std::string>, std::less<>> positionals;

 private:
  const Verb* verb_;
  const Settings* settings_;
};

}  // namespace aiops
