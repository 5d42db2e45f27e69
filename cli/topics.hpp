// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verb.hpp"

#include <string>
#include <vector>

namespace aiops {

// One page that belongs to no verb.
struct Topic {
  std::string name;
  std::string summary;
  std::string text;  // paragraphs and, indented by two blanks, tables and examples
};

std::vector<Topic> topics(const Verb& program);

}  // namespace aiops
