// SPDX-License-Identifier: Apache-2.0
// The grammar of what nvcc emits: directives, variables, entries with parameters, and in their
// bodies declarations, labels and instructions. What is not understood is refused.
#include "base/error.hpp"
#include "tests/simt/ptx/module.hpp"
#include "tests/simt/ptx/operands.hpp"
#include "tests/simt/ptx/tokens.hpp"
#include "tests/simt/runtime/symbols.hpp"

#include <algorithm>
#include <set>

namespace aiops::simt::ptx {
namespace {

std::size_t size_of_type(std::string_view type) {
  if (type == ".pred") return 1;
  const std::string digits(type.substr(std::min<std::size_t>(2, type.size())));
  if (digits != "8" && digits != "16" && digits != "32" && digits != "64")
    refuse("the type " + std::string(type));
  return static_cast<std::size_t>(std::stoi(digits)) / 8;
}

bool is_type(std::string_view word) {
  return word.size() >= 3 && word[0] == '.' &&
         std::string_view("busf").find(word[1]) != std::string_view::npos &&
         std::isdigit(static_cast<unsigned char>(word[2])) != 0;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), tokens_(tokens_of(text)) {}

  Module module() {
    while (at_ < tokens_.size()) directive();
    if (!unknown_.empty()) {
      std::string all;
      for (const std::string& one : unknown_) all += (all.empty() ? "" : "; ") + one;
      throw Error(ExitCode::failed, "the executor of PTX has no semantics for: " + all);
    }
    return std::move(module_);
  }

 private:
  const Token& now() const {
    if (at_ >= tokens_.size()) refuse("a module that ends in the middle");
    return tokens_[at_];
  }
  const Token& take() {
    const Token& token = now();
    ++at_;
    return token;
  }
  bool took(std::string_view word) {
    if (at_ >= tokens_.size() || !tokens_[at_].is(word)) return false;
    ++at_;
    return true;
  }
  void want(std::string_view word) {
    if (!took(word))
      refuse("\"" + std::string(now().text) + "\" in line " + std::to_string(now().line));
  }
  std::size_t number() {
    return static_cast<std::size_t>(std::stoull(std::string(take().text), nullptr, 0));
  }
  void skip_line() {
    for (const int line = tokens_[at_ - 1].line; at_ < tokens_.size() && tokens_[at_].line == line;)
      ++at_;
  }
  void skip_braces() {
    want("{");
    for (int depth = 1; depth > 0;) {
      const Token& token = take();
      depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
    }
  }

  // At the level of the module.
  void directive() {
    const Token word = take();
    if (word.is(".version") || word.is(".target") || word.is(".address_size")) {
      skip_line();
    } else if (word.is(".file")) {
      const int number_of_file = static_cast<int>(number());
      module_.files[number_of_file] = unquoted(take().text);
      skip_line();
    } else if (word.is(".section")) {
      take();
      skip_braces();
    } else if (word.is(".entry")) {
      entry();
    } else if (word.is(".shared") || word.is(".global") || word.is(".const")) {
      variable(word.is(".shared") ? module_.shared : module_.global);
    } else if (word.is(".visible") || word.is(".weak") || word.is(".extern") ||
               word.is(".common")) {
      // about linking; what follows says what it is
    } else {
      refuse("\"" + std::string(word.text) + "\" in line " + std::to_string(word.line));
    }
  }

  static std::string unquoted(std::string_view path) {
    const std::string_view inner = path.substr(1, path.size() - 2);
    return std::string(inner.substr(inner.rfind('/') + 1));
  }

  // After .shared, .global, .const or .local: [.align N] TYPE NAME[[COUNT]][= {…}];
  Variable declaration() {
    Variable variable;
    std::size_t element = 1;
    while (now().is_directive()) {
      const Token word = take();
      if (word.is(".align")) {
        variable.alignment = number();
      } else if (is_type(word.text)) {
        element = size_of_type(word.text);
      } else {
        refuse("a variable that is " + std::string(word.text));
      }
    }
    variable.name = std::string(take().text);
    variable.size = element;
    while (took("[")) {
      variable.size = now().is("]") ? 0 : variable.size * number();
      want("]");
    }
    if (took("=")) initialiser(variable, element);
    want(";");
    return variable;
  }

  void initialiser(Variable& variable, std::size_t element) {
    variable.initial.resize(variable.size);
    const bool list = took("{");
    std::size_t at = 0;
    do {
      const std::uint64_t value = number_of(take().text);
      for (std::size_t byte = 0; byte < element && at < variable.size; ++byte)
        variable.initial[at++] = static_cast<std::byte>(value >> (8 * byte) & 0xFFU);
    } while (took(","));
    if (list) want("}");
  }

  void variable(std::map<std::string, Variable>& into) {
    Variable one = declaration();
    if (one.size == 0) {
      module_.dynamic_shared = one.name;
    } else {
      into.emplace(one.name, std::move(one));
    }
  }

  void entry() {
    Function function;
    function.name = demangled(std::string(take().text).c_str());
    want("(");
    if (!took(")")) {
      do parameter(function);
      while (took(","));
      want(")");
    }
    while (!now().is("{")) {
      const Token word = take();
      if (word.is(".maxntid") || word.is(".reqntid")) {
        function.most_threads = number();
        while (took(",")) function.most_threads *= number();
      } else if (word.is(".minnctapersm") || word.is(".maxnreg")) {
        number();
      } else {
        refuse("an entry that is " + std::string(word.text));
      }
    }
    body(function);
    resolve(function);
    module_.functions.emplace(function.name, std::move(function));
  }

  // .param [.align N] TYPE [.ptr [SPACE] [.align N]] NAME[[SIZE]]
  static void place(Function& function, Parameter parameter, std::size_t alignment) {
    const std::size_t end = function.parameters.empty() ? 0
                                                        : function.parameters.back().offset +
                                                              function.parameters.back().size;
    parameter.offset = (end + alignment - 1) / alignment * alignment;
    function.parameters.push_back(std::move(parameter));
  }
  void parameter(Function& function) {
    want(".param");
    Parameter parameter;
    std::size_t alignment = 0;
    bool pointer = false;
    while (now().is_directive()) {
      const Token word = take();
      if (word.is(".align")) {
        const std::size_t of = number();
        if (!pointer) alignment = of;  // of what it points to otherwise
      } else if (is_type(word.text)) {
        parameter.size = size_of_type(word.text);
      } else if (word.is(".ptr")) {
        pointer = true;
      } else if (!word.is(".global")) {
        refuse("a parameter that is " + std::string(word.text));
      }
    }
    parameter.name = std::string(take().text);
    if (alignment == 0) alignment = parameter.size;
    if (took("[")) {
      parameter.size *= number();
      want("]");
    }
    place(function, std::move(parameter), alignment);
  }

  void body(Function& function) {
    want("{");
    for (int depth = 1; depth > 0;) {
      const Token& token = now();
      if (took("{")) {
        ++depth;
      } else if (took("}")) {
        --depth;
      } else if (took(".loc")) {
        location();
      } else if (took(".reg")) {
        registers(function);
      } else if (took(".pragma")) {
        while (!took(";")) take();
      } else if (took(".shared")) {
        variable(module_.shared);
      } else if (took(".local")) {
        const Variable variable = declaration();
        function.local_size = (function.local_size + 15) / 16 * 16;
        function.local_variables[variable.name] = function.local_size;
        function.local_size += variable.size;
      } else if (at_ + 1 < tokens_.size() && tokens_[at_ + 1].is(":")) {
        function.labels[std::string(token.text)] = static_cast<int>(function.code.size());
        at_ += 2;
      } else {
        instruction(function);
      }
    }
  }

  // .reg TYPE NAME, NAME<COUNT>;
  void registers(Function& function) {
    take();
    do {
      const std::string name(take().text);
      if (took("<")) {
        for (std::size_t i = 0, count = number(); i < count; ++i)
          function.slot_of(name + std::to_string(i));
        want(">");
      } else {
        function.slot_of(name);
      }
    } while (took(","));
    want(";");
  }

  // .loc FILE LINE COLUMN[, function_name …, inlined_at …]: the rest of the line.
  void location() {
    file_ = static_cast<int>(number());
    line_ = static_cast<int>(number());
    skip_line();
  }

  void instruction(Function& function) {
    Instruction one;
    one.file = file_;
    one.line = line_;
    const std::size_t begin = at_;
    if (took("@")) {
      one.guard_negated = took("!");
      one.guard = function.slot_of(std::string(take().text));
    }
    const std::string mnemonic(take().text);
    const std::size_t operands = at_;
    while (!now().is(";")) ++at_;
    one.text = std::string(text_.substr(
        static_cast<std::size_t>(tokens_[begin].text.data() - text_.data()),
        static_cast<std::size_t>(tokens_[at_].text.data() - tokens_[begin].text.data())));
    try {
      if (mnemonic.starts_with("bra")) {
        branches_.emplace_back(function.code.size(), tokens_[operands].text);
      } else {
        parse_operands({&tokens_[operands], at_ - operands}, module_, function, one);
      }
      decode(one, mnemonic);
    } catch (const Error& error) {
      unknown_.insert(error.message);
    }
    want(";");
    function.code.push_back(std::move(one));
  }

  // Branches may name labels that come later.
  void resolve(Function& function) {
    for (const auto& [index, label] : branches_) {
      const auto found = function.labels.find(label);
      if (found == function.labels.end()) refuse("a branch to " + label);
      function.code[index].target = found->second;
    }
    branches_.clear();
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  Module module_;
  int file_ = 0, line_ = 0;
  std::vector<std::pair<std::size_t, std::string>> branches_;  // of this function: to which label
  std::set<std::string> unknown_;
};

}  // namespace

void refuse(const std::string& what) { throw Error(ExitCode::failed, what); }

int Function::slot_of(const std::string& slot_name) {
  const auto [found, fresh] = slots.try_emplace(slot_name, static_cast<int>(initial.size()));
  if (fresh) initial.push_back(0);
  return found->second;
}

int Function::constant(std::uint64_t value) {
  const int slot = slot_of("=" + std::to_string(value));
  initial[static_cast<std::size_t>(slot)] = value;
  return slot;
}

Module parse(const std::string& text) { return Parser(text).module(); }

}  // namespace aiops::simt::ptx
