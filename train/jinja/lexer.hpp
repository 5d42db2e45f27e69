// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aiops::train::jinja {

struct Token {
  enum class Kind {
    text,  // outside of tags
    tag_begin,
    tag_end,  // {% %}
    print_begin,
    print_end,  // {{ }}
    name,
    integer,
    real,
    string,
    mark,  // operators and punctuation
    end
  };
  Kind kind;
  std::string text;  // of a string, its value
  int line;
};

// The tokens of a template, white space already controlled as transformers sets Jinja:
// trim_blocks (a line feed right after a tag goes), lstrip_blocks (blanks between the start of a
// line and a tag go), and the signs - and + in the tags. Throws Error{failed} naming `what` and the
// line.
std::vector<Token> scan(std::string_view text, std::string_view what);

[[noreturn]] void refuse(std::string_view what, int line, const std::string& why);

}  // namespace aiops::train::jinja
