// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// Tables as text, RFC 4180: fields between separators, in quotes where they hold separators, line
// ends or quotes, which are doubled there. Lines may end with LF alone, and a byte order mark may
// begin the text.
class DelimitedReader {
 public:
  // The text must outlive this; `file` is for messages.
  DelimitedReader(std::string_view text, char separator, std::string file);

  // The fields of the next record; false at the end. Blank lines are passed over. Throws
  // Error{failed} "FILE:LINE: …" where a quote is not closed or something follows it.
  bool next(std::vector<std::string>& fields);
  // "FILE:LINE" of the last record's first line.
  std::string where() const { return file_ + ":" + std::to_string(line_); }
  std::size_t line() const { return line_; }

 private:
  void skip_blank_lines();
  void read_quoted(std::string& field);
  void read_plain(std::string& field);
  bool ends_line() const;
  [[noreturn]] void refuse(const std::string& why) const;

  std::string_view text_;
  char separator_;
  std::string file_;
  std::size_t at_ = 0;
  std::size_t lines_ = 1;  // the one that at_ is in
  std::size_t line_ = 0;
};

}  // namespace aiops::train
