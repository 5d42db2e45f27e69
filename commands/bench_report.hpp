// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/bench_sources.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace aiops::commands {

struct BenchReportOptions {
  enum class Form { page, drawing, markdown, csv };

  std::vector<RecordSource> sources;
  SourceAccess access;
  std::optional<std::filesystem::path> out;
  Form form = Form::page;
};

Verb bench_report_verb();
// Throws an Error of unverified when a figure of a file does not follow from its samples, of
// partial when attachments were left out.
void bench_report(const BenchReportOptions& options, Context& context);

}  // namespace aiops::commands
