// SPDX-License-Identifier: Apache-2.0
// The same table on paper: man pages and the markdown reference. No clock, no host name: the same
// program writes the same bytes.
#pragma once

#include "cli/verb.hpp"

#include <string>
#include <vector>

namespace aiops {

struct Document {
  std::string file;  // "aiops-push.1", "push.md"
  std::string text;
};

// aiops.1 and one page for each verb and subverb, in roff for the an macros.
std::vector<Document> man_pages(const Verb& program);

// README.md, one page for each top verb with its subverbs, one for each topic.
std::vector<Document> markdown_reference(const Verb& program);

// Every example of every visible verb, as JSON Lines {"verb","command","explanation"}: what
// tests/cli/examples.sh runs.
std::string example_list(const Verb& program);

}  // namespace aiops
