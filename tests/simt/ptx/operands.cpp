// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/ptx/operands.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace aiops::simt::ptx {
namespace {

bool is_number(std::string_view word) {
  return std::isdigit(static_cast<unsigned char>(word.front())) != 0;
}

class Reader {
 public:
  Reader(std::span<const Token> tokens, const Module& module, Function& function,
         Instruction& instruction)
      : tokens_(tokens), module_(module), function_(function), instruction_(instruction) {}

  void all() {
    while (at_ < tokens_.size()) {
      const Token& token = tokens_[at_];
      if (token.is(",") || token.is("{") || token.is("}") || token.is("[") || token.is("]") ||
          token.is("|")) {
        ++at_;
      } else {
        add(one());
      }
    }
  }

 private:
  void add(Operand operand) {
    if (static_cast<std::size_t>(instruction_.count) == Instruction::kMostOperands)
      refuse("the many operands of " + instruction_.text);
    instruction_.operands[static_cast<std::size_t>(instruction_.count++)] = operand;
  }

  bool took(std::string_view word) {
    if (at_ >= tokens_.size() || !tokens_[at_].is(word)) return false;
    ++at_;
    return true;
  }

  std::int64_t signed_number() {
    const bool negative = took("-");
    const auto value = static_cast<std::int64_t>(number_of(tokens_[at_++].text));
    return negative ? -value : value;
  }

  // !p, -12, name, name+8, name+-8
  Operand one() {
    Operand operand;
    operand.negated = took("!");
    if (tokens_[at_].is("-") || is_number(tokens_[at_].text)) {
      operand.slot = function_.constant(static_cast<std::uint64_t>(signed_number()));
    } else {
      operand.slot = name(std::string(tokens_[at_++].text));
    }
    if (took("+")) operand.offset = signed_number();
    return operand;
  }

  // A name's slot, and where it gets its value from.
  int name(const std::string& word) {
    if (const auto known = function_.slots.find(word); known != function_.slots.end())
      return known->second;
    const int slot = function_.slot_of(word);
    auto& initial = function_.initial[static_cast<std::size_t>(slot)];
    const auto* special =
        std::find(std::begin(kSpecialRegisters), std::end(kSpecialRegisters), word);
    if (special != std::end(kSpecialRegisters)) {
      function_.specials.emplace_back(slot,
                                      static_cast<int>(special - std::begin(kSpecialRegisters)));
    } else if (word == "WARP_SZ") {
      initial = 32;
    } else if (word == module_.dynamic_shared || module_.shared.contains(word)) {
      function_.shared.emplace_back(slot, word);
    } else if (const auto local = function_.local_variables.find(word);
               local != function_.local_variables.end()) {
      function_.locals.emplace_back(slot, local->second);
    } else if (const auto global = module_.global.find(word); global != module_.global.end()) {
      function_.globals.emplace_back(slot, word);
    } else if (const auto parameter =
                   std::find_if(function_.parameters.begin(), function_.parameters.end(),
                                [&](const Parameter& each) { return each.name == word; });
               parameter != function_.parameters.end()) {
      initial = parameter->offset;
    } else if (word != "_") {  // where what nobody wants goes
      refuse("the name " + word);
    }
    return slot;
  }

  std::span<const Token> tokens_;
  std::size_t at_ = 0;
  const Module& module_;
  Function& function_;
  Instruction& instruction_;
};

}  // namespace

std::uint64_t number_of(std::string_view word) {
  const bool bits = word.size() > 2 && word[0] == '0' &&
                    std::string_view("fFdD").find(word[1]) != std::string_view::npos;
  std::string digits(bits ? word.substr(2) : word);
  if (!bits && digits.back() == 'U') digits.pop_back();
  return std::stoull(digits, nullptr, bits ? 16 : 0);
}

void parse_operands(std::span<const Token> tokens, const Module& module, Function& function,
                    Instruction& instruction) {
  instruction.begins_with_vector = !tokens.empty() && tokens.front().is("{");
  Reader(tokens, module, function, instruction).all();
}

}  // namespace aiops::simt::ptx
