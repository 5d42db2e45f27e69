// SPDX-License-Identifier: Apache-2.0
// Jinja's precedence, loosest first: if-else, or, and, not, comparison, + -, ~, * / // %, unary
// sign, **, then filters and tests, then what is postfixed. A function for each.
#include "train/jinja/token_stream.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>

namespace aiops::train::jinja {
namespace {

using Kind = Expression::Kind;

constexpr int kDeepest = 200;

class Parser {
 public:
  explicit Parser(TokenStream& tokens) : tokens_(tokens) {}

  Expression condition() {
    Expression value = disjunction();
    while (tokens_.take_word("if")) {
      Expression test = disjunction();
      Expression otherwise = constant(Value());
      if (tokens_.take_word("else")) otherwise = condition();
      value = make(Kind::condition, {}, {std::move(value), std::move(test), std::move(otherwise)});
    }
    return value;
  }

  Expression disjunction() {
    Expression left = conjunction();
    while (tokens_.take_word("or")) left = make(Kind::or_, {}, {std::move(left), conjunction()});
    return left;
  }

 private:
  // Parsing recurses through here, so this bounds it.
  struct Level {
    explicit Level(Parser& of) : parser(of) {
      if (++parser.level_ > kDeepest) parser.tokens_.refuse("nested too deeply");
    }
    ~Level() { --parser.level_; }
    Level(const Level&) = delete;
    Parser& parser;
  };

  Expression make(Kind kind, std::string text, std::vector<Expression> parts) {
    Expression made{kind, tokens_.peek().line, std::move(text), {}, std::move(parts), {}, 1};
    measure(made);
    return made;
  }

  void measure(Expression& made) {
    for (const Expression& part : made.parts) made.depth = std::max(made.depth, part.depth + 1);
    if (made.depth > kDeepest) tokens_.refuse("nested too deeply");
  }

  Expression constant(Value value) {
    Expression made = make(Kind::constant, {}, {});
    made.constant = std::move(value);
    return made;
  }

  Expression conjunction() {
    Expression left = negation();
    while (tokens_.take_word("and")) left = make(Kind::and_, {}, {std::move(left), negation()});
    return left;
  }

  Expression negation() {
    const Level level(*this);
    if (tokens_.take_word("not")) return make(Kind::not_, {}, {negation()});
    return comparison();
  }

  // Comparisons chain: a < b < c is a < b and b < c.
  Expression comparison() {
    Expression left = sum();
    std::vector<Expression> chain;
    for (;;) {
      std::string mark;
      for (const char* candidate : {"==", "!=", "<=", ">=", "<", ">"})
        if (mark.empty() && tokens_.take_mark(candidate)) mark = candidate;
      if (mark.empty() && tokens_.take_word("in")) mark = "in";
      if (mark.empty() && tokens_.is_word("not") && tokens_.peek(1).text == "in") {
        tokens_.take();
        tokens_.take();
        mark = "not in";
      }
      if (mark.empty()) break;
      Expression right = sum();
      chain.push_back(make(Kind::compare, mark, {std::move(left), right}));
      left = std::move(right);
    }
    if (chain.empty()) return left;
    Expression all = std::move(chain[0]);
    for (std::size_t i = 1; i < chain.size(); ++i)
      all = make(Kind::and_, {}, {std::move(all), std::move(chain[i])});
    return all;
  }

  template <class Operand>
  Expression left_associative(std::initializer_list<const char*> marks, Operand operand) {
    Expression left = operand();
    for (;;) {
      std::string mark;
      for (const char* candidate : marks)
        if (mark.empty() && tokens_.take_mark(candidate)) mark = candidate;
      if (mark.empty()) return left;
      left = make(Kind::binary, mark, {std::move(left), operand()});
    }
  }

  Expression sum() {
    return left_associative({"+", "-"}, [&] {
      return left_associative({"~"}, [&] {
        return left_associative({"*", "//", "/", "%"}, [&] { return power(); });
      });
    });
  }

  Expression power() {
    return left_associative({"**"}, [&] { return filtered(unary()); });
  }

  Expression unary() {
    const Level level(*this);
    if (tokens_.take_mark("-")) return postfixed(make(Kind::negative, {}, {unary()}));
    if (tokens_.take_mark("+")) return postfixed(make(Kind::positive, {}, {unary()}));
    return postfixed(primary());
  }

  Expression primary() {
    const Token token = tokens_.take();
    if (token.kind == Token::Kind::name) return named(token.text);
    if (token.kind == Token::Kind::string) return string(token.text);
    if (token.kind == Token::Kind::integer) return number<std::int64_t>(token.text);
    if (token.kind == Token::Kind::real) return number<double>(token.text);
    if (token.kind == Token::Kind::mark) {
      if (token.text == "(") return parenthesised();
      if (token.text == "[") return list();
      if (token.text == "{") return dict();
    }
    tokens_.refuse("expected an expression before this place");
  }

  Expression named(const std::string& name) {
    if (name == "true" || name == "True") return constant(true);
    if (name == "false" || name == "False") return constant(false);
    if (name == "none" || name == "None") return constant(None{});
    return make(Kind::name, name, {});
  }

  Expression string(std::string text) {
    while (tokens_.is(Token::Kind::string)) text += tokens_.take().text;
    return constant(std::move(text));
  }

  template <class Number>
  Expression number(std::string text) {
    std::erase(text, '_');
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc()) tokens_.refuse("a number out of range");
    return constant(value);
  }

  Expression parenthesised() {
    if (tokens_.take_mark(")")) return make(Kind::list, {}, {});
    Expression inner = parse_list_until(")");
    return inner;
  }

  // (a) is a, (a,) and (a, b) are tuples.
  Expression parse_list_until(const char* end) {
    std::vector<Expression> items{condition()};
    bool is_tuple = false;
    while (tokens_.take_mark(",")) {
      is_tuple = true;
      if (tokens_.is_mark(end)) break;
      items.push_back(condition());
    }
    tokens_.expect_mark(end);
    if (!is_tuple) return std::move(items[0]);
    return make(Kind::list, {}, std::move(items));
  }

  Expression list() {
    std::vector<Expression> items;
    while (!tokens_.take_mark("]")) {
      if (!items.empty()) tokens_.expect_mark(",");
      if (tokens_.take_mark("]")) break;
      items.push_back(condition());
    }
    return make(Kind::list, {}, std::move(items));
  }

  Expression dict() {
    std::vector<Expression> items;
    while (!tokens_.take_mark("}")) {
      if (!items.empty()) tokens_.expect_mark(",");
      if (tokens_.take_mark("}")) break;
      items.push_back(condition());
      tokens_.expect_mark(":");
      items.push_back(condition());
    }
    return make(Kind::dict, {}, std::move(items));
  }

  Expression postfixed(Expression value) {
    for (;;) {
      if (tokens_.take_mark("."))
        value = make(Kind::attribute, attribute_name(), {std::move(value)});
      else if (tokens_.take_mark("["))
        value = subscript(std::move(value));
      else if (tokens_.take_mark("("))
        value = with_arguments(make(Kind::call, {}, {std::move(value)}));
      else
        return value;
    }
  }

  std::string attribute_name() {
    if (tokens_.is(Token::Kind::integer)) return tokens_.take().text;  // a.0
    return tokens_.expect_name();
  }

  Expression subscript(Expression value) {
    std::vector<Expression> bounds;
    bool is_slice = false;
    for (;;) {
      const bool is_empty = tokens_.is_mark(":") || tokens_.is_mark("]");
      bounds.push_back(is_empty ? constant(Value()) : condition());
      if (!tokens_.take_mark(":")) break;
      is_slice = true;
    }
    tokens_.expect_mark("]");
    if (bounds.size() > 3) tokens_.refuse("a slice has too many parts");
    if (!is_slice && bounds[0].kind == Kind::constant && bounds[0].constant.is_undefined())
      tokens_.refuse("an empty subscript");
    if (is_slice) bounds.resize(3, constant(Value()));
    bounds.insert(bounds.begin(), std::move(value));
    return make(is_slice ? Kind::slice : Kind::item, {}, std::move(bounds));
  }

  // The arguments after "(".
  Expression with_arguments(Expression call) {
    bool first = true;
    while (!tokens_.take_mark(")")) {
      if (!first) tokens_.expect_mark(",");
      first = false;
      if (tokens_.take_mark(")")) break;
      std::string name;
      if (tokens_.is(Token::Kind::name) && tokens_.peek(1).kind == Token::Kind::mark &&
          tokens_.peek(1).text == "=") {
        name = tokens_.take().text;
        tokens_.take();
      }
      call.names.push_back(std::move(name));
      call.parts.push_back(condition());
    }
    measure(call);
    return call;
  }

  Expression filtered(Expression value) {
    for (;;) {
      if (tokens_.take_mark("|")) {
        value = make(Kind::filter, tokens_.expect_name(), {std::move(value)});
        if (tokens_.take_mark("(")) value = with_arguments(std::move(value));
      } else if (tokens_.take_word("is")) {
        value = test(std::move(value));
      } else if (tokens_.take_mark("(")) {
        value = with_arguments(make(Kind::call, {}, {std::move(value)}));
      } else {
        return value;
      }
    }
  }

  Expression test(Expression value) {
    const bool negated = tokens_.take_word("not");
    Expression made = make(Kind::test, tokens_.expect_name(), {std::move(value)});
    if (tokens_.take_mark("(")) {
      made = with_arguments(std::move(made));
    } else if (starts_argument()) {
      made.names.emplace_back();
      made.parts.push_back(postfixed(primary()));
      measure(made);
    }
    return negated ? make(Kind::not_, {}, {std::move(made)}) : made;
  }

  // `is divisibleby 3`: one argument may go without parentheses.
  bool starts_argument() const {
    using enum Token::Kind;
    const Token& next = tokens_.peek();
    if (next.kind == string || next.kind == integer || next.kind == real) return true;
    if (next.kind == mark) return next.text == "[" || next.text == "{";
    if (next.kind != name) return false;
    for (const char* word : {"else", "or", "and", "is", "if", "in", "not"})
      if (next.text == word) return false;
    return true;
  }

  TokenStream& tokens_;
  int level_ = 0;
};

}  // namespace

Expression parse_expression(TokenStream& tokens, InlineCondition inline_condition) {
  Parser parser(tokens);
  return inline_condition == InlineCondition::yes ? parser.condition() : parser.disjunction();
}

Expression parse_tuple(TokenStream& tokens, InlineCondition inline_condition) {
  Expression first = parse_expression(tokens, inline_condition);
  if (!tokens.is_mark(",")) return first;
  Expression tuple;
  tuple.kind = Kind::list;
  tuple.line = first.line;
  tuple.parts.push_back(std::move(first));
  while (tokens.take_mark(",")) {
    if (tokens.is(Token::Kind::tag_end) || tokens.is(Token::Kind::print_end)) break;
    tuple.parts.push_back(parse_expression(tokens, inline_condition));
  }
  for (const Expression& part : tuple.parts) tuple.depth = std::max(tuple.depth, part.depth + 1);
  return tuple;
}

}  // namespace aiops::train::jinja
