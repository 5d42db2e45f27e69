// SPDX-License-Identifier: Apache-2.0
#include "train/data/delimited.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kLongestRecord = 64u << 20;

}  // namespace

DelimitedReader::DelimitedReader(std::string_view text, char separator, std::string file)
    : text_(text), separator_(separator), file_(std::move(file)) {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

void DelimitedReader::refuse(const std::string& why) const {
  throw Error(ExitCode::failed, where() + ": " + why);
}

bool DelimitedReader::ends_line() const {
  return at_ == text_.size() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
}

void DelimitedReader::skip_blank_lines() {
  while (at_ < text_.size() && ends_line()) {
    at_ += text_[at_] == '\r' ? 2 : 1;
    ++lines_;
  }
}

// Behind the opening quote; up to and with the closing one.
void DelimitedReader::read_quoted(std::string& field) {
  for (;;) {
    const std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) refuse("a quote is not closed");
    const std::string_view piece = text_.substr(at_, quote - at_);
    field += piece;
    lines_ += static_cast<std::size_t>(std::ranges::count(piece, '\n'));
    at_ = quote + 1;
    if (at_ == text_.size() || text_[at_] != '"') return;
    field += '"';
    ++at_;
  }
}

void DelimitedReader::read_plain(std::string& field) {
  const std::size_t begin = at_;
  while (!ends_line() && text_[at_] != separator_) ++at_;
  field = text_.substr(begin, at_ - begin);
}

bool DelimitedReader::next(std::vector<std::string>& fields) {
  skip_blank_lines();
  if (at_ == text_.size()) return false;
  line_ = lines_;
  const std::size_t begin = at_;
  fields.clear();
  for (;;) {
    std::string& field = fields.emplace_back();
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      read_quoted(field);
    } else {
      read_plain(field);
    }
    if (at_ - begin > kLongestRecord) refuse("is larger than 64 MiB");
    if (ends_line()) return true;
    if (text_[at_] != separator_) refuse("something follows a closing quote");
    ++at_;
  }
}

}  // namespace aiops::train
