// SPDX-License-Identifier: Apache-2.0
// Canonical decomposition, ordering by combining class, canonical composition (UAX 15, sections 1.3
// and 3.11 of the Standard), a segment at a time. A segment ends before a starter that composes
// with nothing before it, so no segment has an influence on another. Hangul syllables are composed
// by arithmetic. Most text needs none of this and is told by a bit for each code point.
#include "train/unicode/nfc.hpp"

#include "train/unicode/tables.hpp"
#include "train/unicode/utf8.hpp"

#include <algorithm>
#include <bitset>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

namespace aiops::train::unicode {
namespace {

constexpr char32_t kMostSuspect = 0x30000;  // no code point above has a combining class or composes
constexpr char32_t kFirstSuspect = 0x300;
constexpr char32_t kBrokenByte = 0x200000;  // plus the byte: stands for itself

// Hangul, section 3.12 of the Standard.
constexpr char32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTails = 0x11A7;
constexpr char32_t kVowelCount = 21, kTailCount = 28, kLeadCount = 19;
constexpr char32_t kSyllableCount = kLeadCount * kVowelCount * kTailCount;

// Unsigned wrap-around makes what is below `first` too large as well.
bool is_in(char32_t c, char32_t first, char32_t count) { return c - first < count; }

struct Tables {
  std::unordered_map<char32_t, Decomposition> decompositions;
  std::unordered_map<std::uint64_t, char32_t> compositions;
  std::unordered_map<char32_t, unsigned> classes;
  std::bitset<kMostSuspect> suspects;

  Tables() {
    for (const auto& [first, last, value] : std::span(kCombiningClasses, kCombiningClassesSize))
      for (char32_t c = first; c <= last; ++c) {
        classes.emplace(c, value);
        suspects.set(c);
      }
    const std::span excluded(kNotComposed, kNotComposedSize);
    for (const auto& [first, last] : excluded)
      for (char32_t c = first; c <= last; ++c) suspects.set(c);
    for (const Decomposition& one : std::span(kDecompositions, kDecompositionsSize)) {
      decompositions.emplace(one.code, one);
      const bool composes = std::none_of(excluded.begin(), excluded.end(), [&](const Range& range) {
        return range.first <= one.code && one.code <= range.last;
      });
      if (!composes) continue;
      compositions.emplace(key(one.first, one.second), one.code);
      suspects.set(one.second);
    }
    for (char32_t i = 0; i < kVowelCount; ++i) suspects.set(kVowels + i);
    for (char32_t i = 1; i < kTailCount; ++i) suspects.set(kTails + i);
  }

  static std::uint64_t key(char32_t first, char32_t second) {
    return std::uint64_t{first} << 32 | second;
  }
};

const Tables& tables() {
  static const auto made = std::make_unique<const Tables>();
  return *made;
}

bool is_suspect(const Tables& all, char32_t c) {
  return c >= kFirstSuspect && c < kMostSuspect && all.suspects[c];
}

class Composer {
 public:
  explicit Composer(std::string& out) : out_(out) {}

  void add(char32_t c) {
    if (!is_suspect(tables_, c)) flush();
    decompose(c);
  }

  void flush() {
    order();
    compose();
    for (const auto& [c, ignored] : composed_) {
      if (c >= kBrokenByte)
        out_ += static_cast<char>(c - kBrokenByte);
      else
        append_utf8(c, out_);
    }
    segment_.clear();
    composed_.clear();
  }

 private:
  struct Letter {
    char32_t code;
    unsigned combining;
  };

  void decompose(char32_t c) {
    if (is_in(c, kSyllables, kSyllableCount)) {
      const char32_t index = c - kSyllables;
      push(kLeads + index / (kVowelCount * kTailCount));
      push(kVowels + index / kTailCount % kVowelCount);
      if (index % kTailCount != 0) push(kTails + index % kTailCount);
      return;
    }
    const auto found = tables_.decompositions.find(c);
    if (found == tables_.decompositions.end()) return push(c);
    decompose(found->second.first);
    if (found->second.second != 0) decompose(found->second.second);
  }

  void push(char32_t c) {
    const auto found = tables_.classes.find(c);
    segment_.push_back({c, found == tables_.classes.end() ? 0 : found->second});
  }

  // Marks between two starters, by class; equal ones stay as they stand.
  void order() {
    const auto is_starter = [](const Letter& letter) { return letter.combining == 0; };
    for (auto at = segment_.begin(); at != segment_.end();) {
      at = std::find_if_not(at, segment_.end(), is_starter);
      const auto end = std::find_if(at, segment_.end(), is_starter);
      std::stable_sort(at, end,
                       [](const Letter& a, const Letter& b) { return a.combining < b.combining; });
      at = end;
    }
  }

  void compose() {
    constexpr std::size_t kNone = -1;
    std::size_t starter = kNone;
    for (const Letter& letter : segment_) {
      // Blocked when something of the same or a higher class stands between.
      const bool blocked = starter == kNone || (composed_.size() - 1 != starter &&
                                                composed_.back().combining >= letter.combining);
      if (!blocked) {
        if (const char32_t both = pair(composed_[starter].code, letter.code); both != 0) {
          composed_[starter].code = both;
          continue;
        }
      }
      if (letter.combining == 0) starter = composed_.size();
      composed_.push_back(letter);
    }
  }

  char32_t pair(char32_t first, char32_t second) const {
    if (is_in(first, kLeads, kLeadCount) && is_in(second, kVowels, kVowelCount))
      return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTailCount;
    if (is_in(first, kSyllables, kSyllableCount) && (first - kSyllables) % kTailCount == 0 &&
        is_in(second, kTails + 1, kTailCount - 1))
      return first + (second - kTails);
    const auto found = tables_.compositions.find(Tables::key(first, second));
    return found == tables_.compositions.end() ? 0 : found->second;
  }

  const Tables& tables_ = tables();
  std::string& out_;
  std::vector<Letter> segment_;
  std::vector<Letter> composed_;
};

}  // namespace

bool is_surely_nfc(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    // The first code points that matter, from U+0300, start with the byte CC.
    if (static_cast<unsigned char>(text[at]) < 0xCC) {
      ++at;
      continue;
    }
    const CodePoint c = code_point_at(text, at);
    if (is_suspect(tables(), c.value)) return false;
    at += c.size;
  }
  return true;
}

std::string to_nfc(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  Composer composer(out);
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    composer.add(c.value == kBroken ? kBrokenByte + static_cast<unsigned char>(text[at]) : c.value);
    at += c.size;
  }
  composer.flush();
  return out;
}

}  // namespace aiops::train::unicode
