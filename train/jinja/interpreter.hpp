// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/jinja/functions.hpp"
#include "train/jinja/syntax.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train::jinja {

// A stretch of the output.
struct Stretch {
  std::size_t begin;
  std::size_t end;
};

// What one turn of an outermost loop wrote, and for which item.
struct LoopTurn {
  Value item;
  Stretch written;
};

struct Rendered {
  std::string text;
  std::vector<Stretch> generation;  // inside {% generation %}
  std::vector<LoopTurn> turns;
};

// Runs a template over `variables`. Templates come with foreign models: steps, output and nesting
// are bounded far above what a conversation needs. Nothing is read but the variables; today's date
// (strftime_now) is left undefined, so the same conversation is the same text every day.
// Throws Error{failed}.
Rendered run(const Template& parsed, const Dict& variables);

}  // namespace aiops::train::jinja
