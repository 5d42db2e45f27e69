// SPDX-License-Identifier: Apache-2.0
#include "train/jinja/syntax.hpp"
#include "train/jinja/token_stream.hpp"

namespace aiops::train::jinja {
namespace {

using Kind = Statement::Kind;
using Body = std::vector<Statement>;

constexpr int kDeepest = 50;

class Parser {
 public:
  Parser(std::string_view text, std::string_view what) : tokens_(scan(text, what), what) {}

  Body parse(bool& marks_generation) {
    Body body = parse_body();
    if (!tokens_.is(Token::Kind::end)) tokens_.refuse("this tag has no beginning");
    marks_generation = marks_generation_;
    return body;
  }

 private:
  // Up to a tag that is not a statement: its word is next.
  Body parse_body() {
    if (++level_ > kDeepest) tokens_.refuse("nested too deeply");
    Body body;
    for (;;) {
      if (tokens_.is(Token::Kind::text)) {
        const int line = tokens_.peek().line;
        body.push_back({Kind::text, line, tokens_.take().text, {}, {}, {}});
      } else if (tokens_.is(Token::Kind::print_begin)) {
        tokens_.take();
        Statement print = make(Kind::print);
        print.expressions.push_back(parse_tuple(tokens_, InlineCondition::yes));
        tokens_.expect(Token::Kind::print_end, "'}}'");
        body.push_back(std::move(print));
      } else if (tokens_.is(Token::Kind::tag_begin)) {
        tokens_.take();
        if (!parse_tag(body)) break;
      } else {
        break;
      }
    }
    --level_;
    return body;
  }

  Statement make(Kind kind) const { return {kind, tokens_.peek().line, {}, {}, {}, {}}; }
  void end_tag() { tokens_.expect(Token::Kind::tag_end, "'%}'"); }

  // False when the tag belongs to the statement around.
  bool parse_tag(Body& body) {
    if (tokens_.take_word("set"))
      body.push_back(parse_set());
    else if (tokens_.take_word("if"))
      body.push_back(parse_if());
    else if (tokens_.take_word("for"))
      body.push_back(parse_for());
    else if (tokens_.take_word("macro"))
      body.push_back(parse_macro());
    else if (tokens_.take_word("generation"))
      body.push_back(parse_generation());
    else if (tokens_.take_word("break"))
      body.push_back(parse_jump(Kind::break_));
    else if (tokens_.take_word("continue"))
      body.push_back(parse_jump(Kind::continue_));
    else
      return refuse_unknown_tag();
    return true;
  }

  bool refuse_unknown_tag() const {
    for (const char* word :
         {"elif", "else", "endif", "endfor", "endset", "endmacro", "endgeneration"})
      if (tokens_.is_word(word)) return false;
    tokens_.refuse("a tag that chat templates here may not use");
  }

  std::vector<std::string> parse_targets() {
    std::vector<std::string> targets;
    const bool parenthesised = tokens_.take_mark("(");
    do targets.push_back(tokens_.expect_name());
    while (tokens_.take_mark(",") && tokens_.is(Token::Kind::name));
    if (parenthesised) tokens_.expect_mark(")");
    return targets;
  }

  Statement parse_set() {
    Statement set = make(Kind::set);
    set.targets = parse_targets();
    if (tokens_.take_mark(".")) set.text = tokens_.expect_name();
    if (tokens_.take_mark("=")) {
      set.expressions.push_back(parse_tuple(tokens_, InlineCondition::yes));
      end_tag();
      return set;
    }
    if (set.targets.size() != 1 || !set.text.empty()) tokens_.refuse("expected '='");
    set.kind = Kind::set_block;
    end_tag();
    set.bodies.push_back(parse_body());
    tokens_.expect_word("endset");
    end_tag();
    return set;
  }

  Statement parse_if() {
    Statement statement = make(Kind::if_);
    do {
      statement.expressions.push_back(parse_tuple(tokens_, InlineCondition::yes));
      end_tag();
      statement.bodies.push_back(parse_body());
    } while (tokens_.take_word("elif"));
    if (tokens_.take_word("else")) {
      end_tag();
      statement.bodies.push_back(parse_body());
    }
    tokens_.expect_word("endif");
    end_tag();
    return statement;
  }

  Statement parse_for() {
    Statement loop = make(Kind::for_);
    loop.targets = parse_targets();
    tokens_.expect_word("in");
    loop.expressions.push_back(parse_tuple(tokens_, InlineCondition::no));
    if (tokens_.take_word("if"))
      loop.expressions.push_back(parse_expression(tokens_, InlineCondition::yes));
    end_tag();
    ++loops_;
    loop.bodies.push_back(parse_body());
    --loops_;
    if (tokens_.take_word("else")) {
      end_tag();
      loop.bodies.push_back(parse_body());
    }
    tokens_.expect_word("endfor");
    end_tag();
    return loop;
  }

  Statement parse_macro() {
    Statement macro = make(Kind::macro);
    macro.text = tokens_.expect_name();
    tokens_.expect_mark("(");
    while (!tokens_.take_mark(")")) {
      if (!macro.targets.empty()) tokens_.expect_mark(",");
      macro.targets.push_back(tokens_.expect_name());
      if (tokens_.take_mark("="))
        macro.expressions.push_back(parse_expression(tokens_, InlineCondition::yes));
      else if (!macro.expressions.empty())
        tokens_.refuse("a parameter without a default after one with");
    }
    end_tag();
    const int loops_around = std::exchange(loops_, 0);
    macro.bodies.push_back(parse_body());
    loops_ = loops_around;
    tokens_.expect_word("endmacro");
    if (tokens_.is(Token::Kind::name)) tokens_.take();
    end_tag();
    return macro;
  }

  Statement parse_generation() {
    Statement generation = make(Kind::generation);
    marks_generation_ = true;
    end_tag();
    generation.bodies.push_back(parse_body());
    tokens_.expect_word("endgeneration");
    end_tag();
    return generation;
  }

  Statement parse_jump(Kind kind) {
    if (loops_ == 0) tokens_.refuse("a jump outside of a loop");
    Statement jump = make(kind);
    end_tag();
    return jump;
  }

  TokenStream tokens_;
  int level_ = 0;
  int loops_ = 0;
  bool marks_generation_ = false;
};

}  // namespace

Template parse(std::string_view text, std::string_view what) {
  Template parsed{std::string(text), std::string(what), {}, false};
  parsed.body = Parser(text, what).parse(parsed.marks_generation);
  return parsed;
}

}  // namespace aiops::train::jinja
