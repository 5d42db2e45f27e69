// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/ptx/table.hpp"

#include "tests/simt/ptx/module.hpp"

#include <unordered_map>

namespace aiops::simt::ptx {
namespace {

struct Closing {
  std::size_t at;
  std::vector<std::string_view> choices;  // what the commas at the same depth part
};

// The bracket that ends the one at `open`.
Closing closing_of(std::string_view pattern, std::size_t open) {
  Closing closing;
  std::size_t begin = open + 1;
  int depth = 0;
  for (std::size_t i = open; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth == 0 || (depth == 1 && c == ',' && pattern[open] == '{')) {
      closing.choices.push_back(pattern.substr(begin, i - begin));
      begin = i + 1;
    }
    if (depth == 0) {
      closing.at = i;
      return closing;
    }
  }
  refuse("the pattern " + std::string(pattern));
}

std::string key(const std::string& mnemonic, int operands) {
  return mnemonic + " " + std::to_string(operands);
}

// By the mnemonic and the number of operands.
const Rule* rule_of(const std::string& mnemonic, int operands) {
  static const auto table = [] {
    std::unordered_map<std::string, const Rule*> all;
    for (const auto rules : {integer_rules(), bit_rules(), float_rules(), bfloat_rules(),
                             function_rules(), comparison_rules(), conversion_rules(), move_rules(),
                             atomic_rules(), control_rules(), tensor_rules()})
      for (const Rule& rule : rules)
        for (const std::string& each : expand(rule.pattern))
          if (!all.emplace(key(each, rule.operands), &rule).second) refuse("two rules for " + each);
    return all;
  }();
  const auto found = table.find(key(mnemonic, operands));
  return found == table.end() ? nullptr : found->second;
}

}  // namespace

std::vector<std::string> expand(std::string_view pattern) {
  const std::size_t open = pattern.find_first_of("{[");
  if (open == std::string_view::npos) return {std::string(pattern)};
  Closing closing = closing_of(pattern, open);
  if (pattern[open] == '[') closing.choices.push_back("");
  std::vector<std::string> all;
  for (const std::string_view choice : closing.choices)
    for (const std::string& middle : expand(choice))
      for (const std::string& rest : expand(pattern.substr(closing.at + 1)))
        all.push_back(std::string(pattern.substr(0, open)) + middle + rest);
  return all;
}

void decode(Instruction& instruction, const std::string& mnemonic) {
  const Rule* rule = rule_of(mnemonic, instruction.count);
  if (rule == nullptr)
    refuse(mnemonic + " with " + std::to_string(instruction.count) + " operands");
  instruction.run = rule->run;
}

}  // namespace aiops::simt::ptx
