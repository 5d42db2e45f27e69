// SPDX-License-Identifier: Apache-2.0
// The expressions as scanners. An alternation takes its first branch that matches, so the order of
// each function is the order of its expression.
//
// GPT-2's: a contraction in lower case, right at the apostrophe; a run of one class (letters,
// numbers, neither), with one U+0020 before it if there is one; white space, where `\s+(?!\S)`
// gives its last character back when something follows, so that a run of k spaces before a word is
// k-1 spaces and then " word"; what is left of a run of one character is `\s+`.
//
// Llama 3's: a contraction in any case; letters with any one character before them that is no
// letter, number or line end; up to three numbers; other characters with the line ends after them;
// white space up to the last line end of its run; white space as above.
//
// Tekken's (Mistral): words that begin with letters that may be upper case and go on with letters
// that may be lower case, so that "HelloWorld" is two; letters without case and marks may be both.
// Where capitals are not followed by such a letter, U*L+ gives characters back until the last one
// is a letter that may be lower case, and only then U+L* is tried. One character may stand before,
// as in Llama 3's. Line ends and slashes may follow other characters.
#include "train/tokenizer/splitter.hpp"

#include "train/unicode/classes.hpp"
#include "train/unicode/utf8.hpp"

#include <algorithm>
#include <initializer_list>

namespace aiops::train {
namespace {

using unicode::Character;
using unicode::character_at;
using unicode::Class;

constexpr std::string_view kMark = "\xE2\x96\x81";  // U+2581

std::size_t contraction(std::string_view rest) {
  for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
    if (rest.starts_with(ending)) return ending.size();
  return 0;
}

// In any case; U+017F is a case of s.
std::size_t contraction_of_any_case(std::string_view rest) {
  constexpr std::string_view kLongS = "\xC5\xBF";
  if (rest.substr(1).starts_with(kLongS)) return 1 + kLongS.size();
  char lower[3] = {'\'', 0, 0};
  const std::size_t size = rest.size() < 3 ? rest.size() : 3;
  for (std::size_t i = 1; i < size; ++i)
    lower[i] = static_cast<char>(rest[i] >= 'A' && rest[i] <= 'Z' ? rest[i] | 0x20 : rest[i]);
  return contraction({lower, size});
}

std::size_t run_end(std::string_view text, std::size_t at, Class what) {
  while (at < text.size()) {
    const Character character = character_at(text, at);
    if (character.what != what) break;
    at += character.size;
  }
  return at;
}

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

struct WhiteSpace {
  std::size_t end;
  std::size_t last;      // where its last character starts
  std::size_t line_end;  // after its last line end; 0 when it has none
};

WhiteSpace white_space(std::string_view text, std::size_t at) {
  WhiteSpace run{at, at, 0};
  while (run.end < text.size()) {
    const Character character = character_at(text, run.end);
    if (character.what != Class::white_space) break;
    run.last = run.end;
    run.end += character.size;
    if (is_line_end(text[run.last])) run.line_end = run.end;
  }
  return run;
}

// \s+(?!\S)|\s+
std::size_t spaces_end(const WhiteSpace& run, std::size_t at, std::size_t text_size) {
  return run.end == text_size || run.last == at ? run.end : run.last;
}

std::size_t gpt2_end(std::string_view text, std::size_t at) {
  if (text[at] == '\'')
    if (const std::size_t size = contraction(text.substr(at))) return at + size;
  const std::size_t start = at + (text[at] == ' ' && at + 1 < text.size() ? 1 : 0);
  const Class what = character_at(text, start).what;
  if (what != Class::white_space) return run_end(text, start, what);
  return spaces_end(white_space(text, at), at, text.size());
}

// A number is a text of its own, so what stands before one ends there.
std::size_t smollm2_end(std::string_view text, std::size_t at) {
  const Character first = character_at(text, at);
  if (first.what == Class::number) return at + first.size;
  if (first.what == Class::white_space) {
    const WhiteSpace run = white_space(text, at);
    if (run.end < text.size() && character_at(text, run.end).what == Class::number) return run.end;
  }
  return gpt2_end(text, at);
}

std::size_t numbers_end(std::string_view text, std::size_t at, int most) {
  for (; most > 0 && at < text.size(); --most) {
    const Character character = character_at(text, at);
    if (character.what != Class::number) break;
    at += character.size;
  }
  return at;
}

// ` ?[^\s\p{L}\p{N}]+` and the line ends after them, where `first` begins such a run.
std::size_t others_end(std::string_view text, std::size_t next, std::string_view after) {
  std::size_t end = run_end(text, next, Class::other);
  while (end < text.size() && after.find(text[end]) != std::string_view::npos) ++end;
  return end;
}

std::size_t spaces_to_line_end(std::string_view text, std::size_t at) {
  const WhiteSpace run = white_space(text, at);
  return run.line_end != 0 ? run.line_end : spaces_end(run, at, text.size());
}

std::size_t llama3_end(std::string_view text, std::size_t at, int most_numbers) {
  if (text[at] == '\'')
    if (const std::size_t size = contraction_of_any_case(text.substr(at))) return at + size;
  const Character first = character_at(text, at);
  if (first.what == Class::letter) return run_end(text, at, Class::letter);
  if (first.what == Class::number) return numbers_end(text, at, most_numbers);
  const std::size_t next = at + first.size;
  const Class after = next < text.size() ? character_at(text, next).what : Class::white_space;
  if (after == Class::letter && !is_line_end(text[at])) return run_end(text, next, Class::letter);
  if (first.what == Class::other || (text[at] == ' ' && after == Class::other))
    return others_end(text, next, "\r\n");
  return spaces_to_line_end(text, at);
}

// The letters and marks from `at` on as U+ or U* takes them.
struct Capitals {
  std::size_t end;
  std::size_t lower_end;  // after the last that may be lower case too; 0 when there is none
  bool is_followed;       // by one that may be lower case only
};

Capitals capitals(std::string_view text, std::size_t at) {
  Capitals run{at, 0, false};
  while (run.end < text.size()) {
    const unicode::CodePoint c = unicode::code_point_at(text, run.end);
    const unicode::Cases cases = unicode::cases_of(c.value);
    if (!cases.upper) {
      run.is_followed = cases.lower;
      break;
    }
    run.end += c.size;
    if (cases.lower) run.lower_end = run.end;
  }
  return run;
}

// U*L+; `at` when there is no match.
std::size_t word_end(std::string_view text, std::size_t at) {
  const Capitals run = capitals(text, at);
  if (!run.is_followed) return run.lower_end == 0 ? at : run.lower_end;
  std::size_t end = run.end;
  while (end < text.size()) {
    const unicode::CodePoint c = unicode::code_point_at(text, end);
    if (!unicode::cases_of(c.value).lower) break;
    end += c.size;
  }
  return end;
}

std::size_t tekken_end(std::string_view text, std::size_t at) {
  const Character first = character_at(text, at);
  if (first.what == Class::number) return at + first.size;
  const std::size_t next = at + first.size;
  const bool may_stand_before = first.what != Class::letter && !is_line_end(text[at]);
  for (const auto end_of : {word_end, +[](std::string_view from, std::size_t begin) {
                              return capitals(from, begin).end;  // U+L*, where U*L+ is not
                            }}) {
    if (may_stand_before)
      if (const std::size_t end = end_of(text, next); end > next) return end;
    if (const std::size_t end = end_of(text, at); end > at) return end;
  }
  const Class after = next < text.size() ? character_at(text, next).what : Class::white_space;
  if (first.what == Class::other || (text[at] == ' ' && after == Class::other))
    return others_end(text, next, "\r\n/");
  return spaces_to_line_end(text, at);
}

bool is_ascii_mark(char c) { return c > ' ' && c < 0x7F; }

}  // namespace

std::size_t piece_end(Splitter splitter, std::string_view text, std::size_t at) {
  switch (splitter) {
    case Splitter::gpt2:
      return gpt2_end(text, at);
    case Splitter::smollm2:
      return smollm2_end(text, at);
    case Splitter::llama3:
      return llama3_end(text, at, 3);
    case Splitter::qwen2:
      return llama3_end(text, at, 1);
    case Splitter::tekken:
      return tekken_end(text, at);
    case Splitter::marks:
      return std::min(text.find(kMark, at + 1), text.size());
    case Splitter::whole:
      break;
  }
  return text.size();
}

std::size_t safe_cut(std::string_view text, std::size_t at) {
  for (std::size_t feed = text.find('\n', at > 0 ? at - 1 : 0); feed != std::string_view::npos;
       feed = text.find('\n', feed + 1)) {
    if (feed > 0 && feed + 1 < text.size() && feed + 1 >= at && is_ascii_mark(text[feed - 1]) &&
        is_ascii_mark(text[feed + 1]) && text[feed + 1] != '/')
      return feed + 1;
  }
  return text.size();
}

}  // namespace aiops::train
