// SPDX-License-Identifier: Apache-2.0
// The cp.async of a thread that have not arrived. They arrive as late as the program allows, when
// their group is waited for: who reads too early finds rubbish as well as a report.
#pragma once

#include <deque>
#include <vector>

namespace aiops::simt {

struct AsyncCopy {
  char* to;
  const char* from;
  int size, valid;
};

struct AsyncCopies {
  std::vector<AsyncCopy> open;                // not in a group yet
  std::deque<std::vector<AsyncCopy>> groups;  // oldest first

  void clear() {
    open.clear();
    groups.clear();
  }
};

}  // namespace aiops::simt
