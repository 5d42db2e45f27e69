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
#include "train/tokenizer/splitter.hpp"

#include "train/unicode/classes.hpp"

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
std::size_t smollm_end(std::string_view text, std::size_t at) {
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

std::size_t llama3_end(std::string_view text, std::size_t at, int most_numbers) {
  if (text[at] == '\'')
    if (const std::size_t size = contraction_of_any_case(text.substr(at))) return at + size;
  const Character first = character_at(text, at);
  if (first.what == Class::letter) return run_end(text, at, Class::letter);
  if (first.what == Class::number) return numbers_end(text, at, most_numbers);
  const std::size_t next = at + first.size;
  const Class after = next < text.size() ? character_at(text, next).what : Class::white_space;
  if (after == Class::letter && !is_line_end(text[at])) return run_end(text, next, Class::letter);
  if (first.what == Class::other || (text[at] == ' ' && after == Class::other)) {
    std::size_t end = run_end(text, next, Class::other);
    while (end < text.size() && is_line_end(text[end])) ++end;
    return end;
  }
  const WhiteSpace run = white_space(text, at);
  return run.line_end != 0 ? run.line_end : spaces_end(run, at, text.size());
}

bool is_ascii_mark(char c) { return c > ' ' && c < 0x7F; }

}  // namespace

std::optional<Splitter> splitter_of(std::string_view name) {
  if (name == "gpt2") return Splitter::gpt2;
  if (name == "smollm") return Splitter::smollm;
  if (name == "llama3") return Splitter::llama3;
  if (name == "qwen2") return Splitter::qwen2;
  return std::nullopt;
}

std::size_t piece_end(Splitter splitter, std::string_view text, std::size_t at) {
  switch (splitter) {
    case Splitter::gpt2:
      return gpt2_end(text, at);
    case Splitter::smollm:
      return smollm_end(text, at);
    case Splitter::llama3:
      return llama3_end(text, at, 3);
    case Splitter::qwen2:
      return llama3_end(text, at, 1);
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
        is_ascii_mark(text[feed + 1]))
      return feed + 1;
  }
  return text.size();
}

}  // namespace aiops::train
