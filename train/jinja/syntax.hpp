// SPDX-License-Identifier: Apache-2.0
// A parsed template.
#pragma once

#include "train/jinja/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace aiops::train::jinja {

struct Expression {
  enum class Kind {
    constant,
    name,
    list,       // parts: the items
    dict,       // parts: key, value, key, value, …
    attribute,  // parts[0].text
    item,       // parts[0][parts[1]]
    slice,      // parts[0][parts[1]:parts[2]:parts[3]], absent ones undefined constants
    call,       // parts[0](arguments)
    filter,     // parts[0]|text(arguments)
    test,       // parts[0] is text(arguments)
    not_,
    negative,
    positive,
    binary,   // parts[0] text parts[1], arithmetic and ~
    compare,  // parts[0] text parts[1]
    and_,
    or_,
    condition  // parts[0] if parts[1] else parts[2]
  };
  Kind kind = Kind::constant;
  int line = 0;
  std::string text;
  Value constant;
  std::vector<Expression> parts;
  // Of a call, filter or test: parts[1 + i] is given as argument names[i], "" by position.
  std::vector<std::string> names;
  int depth = 1;  // of the tree below and with this
};

struct Statement {
  enum class Kind {
    text,        // text
    print,       // expressions[0]
    set,         // targets = expressions[0]; with text: targets[0].text = expressions[0]
    set_block,   // targets[0] = what bodies[0] prints
    if_,         // bodies[i] for the first expressions[i] that holds; one body more: else
    for_,        // targets in expressions[0], where expressions[1]; bodies[0], else bodies[1]
    macro,       // text(targets, the last of which default to expressions): bodies[0]
    generation,  // bodies[0], marked as the assistant's
    break_,
    continue_
  };
  Kind kind = Kind::text;
  int line = 0;
  std::string text;
  std::vector<std::string> targets;
  std::vector<Expression> expressions;
  std::vector<std::vector<Statement>> bodies;
};

struct Template {
  std::string text;
  std::string what;
  std::vector<Statement> body;
  bool marks_generation = false;  // has {% generation %}
};

// Throws Error{failed} naming `what` and the line.
Template parse(std::string_view text, std::string_view what);

}  // namespace aiops::train::jinja
