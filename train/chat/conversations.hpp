// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "train/chat/template.hpp"
#include "train/data/corpus.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// The messages of a line of JSON: {"messages": [{"role": …, "content": …}, …]}, or
// {"prompt": …, "completion": …}, which is a user's turn and the assistant's. Content is a text, a
// list of {"type": "text", "text": …}, or null beside other members, which the template may know.
// Throws Error{failed} "WHERE: what is wrong"; a conversation has a turn of the assistant.
std::vector<ChatMessage> parse_conversation(std::string_view line, const std::string& where);

// The conversations of .jsonl files, a line each, in memory as they were written.
class Conversations {
 public:
  // Throws Error{failed} when a file is no .jsonl, and when there is no conversation at all.
  Conversations(const std::vector<DataFile>& files, Status& status, const StopFlag& stop);
  Conversations(Conversations&&) = default;

  std::size_t size() const { return lines_.size(); }
  std::string where(std::size_t i) const;  // "FILE:LINE"
  std::size_t bytes(std::size_t i) const { return lines_[i].text.size(); }
  // Throws as parse_conversation() does. May be called from several threads.
  std::vector<ChatMessage> read(std::size_t i) const;

 private:
  struct Line {
    std::string_view text;
    std::uint32_t file;
    std::uint64_t number;
  };
  std::vector<std::string> names_;
  std::vector<std::string> texts_;
  std::vector<Line> lines_;
};

}  // namespace aiops::train
