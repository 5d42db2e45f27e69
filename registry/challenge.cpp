// SPDX-License-Identifier: Apache-2.0
#include "registry/challenge.hpp"

#include <cctype>

namespace aiops::registry {
namespace {

// Walks over `scheme name=value, name="value", scheme …`: a word followed by `=` is a parameter of
// the challenge before it, any other word begins a challenge.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() {
    while (at_ < text_.size() && (is_space() || text_[at_] == ',')) ++at_;
    return at_ == text_.size();
  }

  std::string word() {
    std::string out;
    while (at_ < text_.size() && !is_space() && text_[at_] != ',' && text_[at_] != '=' &&
           text_[at_] != '"')
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(text_[at_++])));
    return out;
  }

  // Takes the `=` of a parameter, white space around it allowed.
  bool equals() {
    const auto before = at_;
    skip_spaces();
    if (at_ < text_.size() && text_[at_] == '=') {
      ++at_;
      skip_spaces();
      return true;
    }
    at_ = before;
    return false;
  }

  std::string value() {
    std::string out;
    if (at_ < text_.size() && text_[at_] == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        out += text_[at_];
      }
      if (at_ < text_.size()) ++at_;
      return out;
    }
    while (at_ < text_.size() && !is_space() && text_[at_] != ',') out += text_[at_++];
    return out;
  }

  void skip() { ++at_; }

 private:
  bool is_space() const { return text_[at_] == ' ' || text_[at_] == '\t'; }
  void skip_spaces() {
    while (at_ < text_.size() && is_space()) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string Challenge::parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string() : found->second;
}

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  Reader reader(header);
  while (!reader.at_end()) {
    std::string word = reader.word();
    if (word.empty()) {
      reader.skip();
    } else if (reader.equals()) {
      std::string value = reader.value();
      if (!challenges.empty())
        challenges.back().parameters.emplace(std::move(word), std::move(value));
    } else {
      challenges.push_back({std::move(word), {}});
    }
  }
  return challenges;
}

}  // namespace aiops::registry
