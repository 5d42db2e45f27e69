// SPDX-License-Identifier: Apache-2.0
// The GPT-2 expression as a scanner. An alternation takes its first branch that matches, so the
// order below is the order of the expression:
//   1. a contraction in lower case, right at the apostrophe;
//   2. a run of one class (letters, numbers, neither), with one U+0020 before it if there is one;
//   3. white space: `\s+(?!\S)` gives its last character back when something follows, so that a
//      run of k spaces before a word is k-1 spaces and then " word"; what is left of a run of one
//      character is `\s+`.
#include "train/splitter.hpp"

#include "train/unicode/classes.hpp"

#include <initializer_list>

namespace aiops::train {
namespace {

using unicode::Class;

std::size_t contraction(std::string_view rest) {
  for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
    if (rest.starts_with(ending)) return ending.size();
  return 0;
}

std::size_t run_end(std::string_view text, std::size_t at, Class what) {
  while (at < text.size()) {
    const auto character = unicode::character_at(text, at);
    if (character.what != what) break;
    at += character.size;
  }
  return at;
}

std::size_t white_space_end(std::string_view text, std::size_t at) {
  std::size_t last = at;  // where the last character of the run starts
  std::size_t end = at;
  while (end < text.size()) {
    const auto character = unicode::character_at(text, end);
    if (character.what != Class::white_space) break;
    last = end;
    end += character.size;
  }
  return end == text.size() || last == at ? end : last;
}

bool is_ascii_mark(char c) { return c > ' ' && c < 0x7F; }

}  // namespace

std::size_t piece_end(std::string_view text, std::size_t at) {
  if (text[at] == '\'')
    if (const std::size_t size = contraction(text.substr(at))) return at + size;
  const std::size_t start = at + (text[at] == ' ' && at + 1 < text.size() ? 1 : 0);
  const Class what = unicode::character_at(text, start).what;
  return what == Class::white_space ? white_space_end(text, at) : run_end(text, start, what);
}

std::size_t safe_cut(std::string_view text, std::size_t at) {
  for (std::size_t feed = text.find('\n', at > 0 ? at - 1 : 0); feed != std::string_view::npos;
       feed = text.find('\n', feed + 1)) {
    if (feed > 0 && feed + 1 < text.size() && feed + 1 >= at && is_ascii_mark(text[feed - 1]) &&
        is_ascii_mark(text[feed + 1]))
      return feed + 1;
  }
  return text.size();
}

}  // namespace aiops::train
