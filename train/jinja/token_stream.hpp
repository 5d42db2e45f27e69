// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/jinja/lexer.hpp"
#include "train/jinja/syntax.hpp"

namespace aiops::train::jinja {

// The tokens of a template, one after the other; what the two halves of the parser read.
class TokenStream {
 public:
  TokenStream(std::vector<Token> tokens, std::string_view what)
      : tokens_(std::move(tokens)), what_(what) {}

  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  Token take() {
    const Token token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool is(Token::Kind kind) const { return peek().kind == kind; }
  bool is_mark(std::string_view mark) const { return is(Token::Kind::mark) && peek().text == mark; }
  bool is_word(std::string_view word) const { return is(Token::Kind::name) && peek().text == word; }
  bool take_mark(std::string_view mark) { return is_mark(mark) && (take(), true); }
  bool take_word(std::string_view word) { return is_word(word) && (take(), true); }
  void expect_mark(std::string_view mark) {
    if (!take_mark(mark)) refuse("expected '" + std::string(mark) + "'");
  }
  void expect_word(std::string_view word) {
    if (!take_word(word)) refuse("expected '" + std::string(word) + "'");
  }
  void expect(Token::Kind kind, const char* name) {
    if (!is(kind)) refuse(std::string("expected ") + name);
    take();
  }
  std::string expect_name() {
    if (!is(Token::Kind::name)) refuse("expected a name");
    return take().text;
  }
  [[noreturn]] void refuse(const std::string& why) const {
    const Token& token = peek();
    jinja::refuse(what_, token.line,
                  token.text.empty() || token.kind == Token::Kind::text
                      ? why
                      : why + " at '" + token.text.substr(0, 40) + "'");
  }

 private:
  std::vector<Token> tokens_;
  std::string_view what_;
  std::size_t at_ = 0;
};

// An expression with or without `a if b else c` at its top: where a loop's own `if` may follow.
enum class InlineCondition { no, yes };
Expression parse_expression(TokenStream& tokens, InlineCondition inline_condition);
// What stands in {{ }} and after `in`: an expression, or several with commas, a tuple.
Expression parse_tuple(TokenStream& tokens, InlineCondition inline_condition);

}  // namespace aiops::train::jinja
