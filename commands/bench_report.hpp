// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace aiops::commands {

struct BenchReportOptions {
  enum class Form { page, drawing };

  std::vector<std::filesystem::path> files;
  std::optional<std::filesystem::path> out;
  Form form = Form::page;
};

Verb bench_report_verb();
// Throws an Error of unverified when a figure does not follow from its samples.
void bench_report(const BenchReportOptions& options, Context& context);

}  // namespace aiops::commands
