// SPDX-License-Identifier: Apache-2.0
// What leaves the program: answers on stdout, talk on stderr.
#pragma once

#include "cli/context.hpp"
#include "cli/terminal.hpp"

#include <memory>
#include <string>

namespace aiops {

enum class Format { text, json };
enum class ProgressMode { automatic, plain, none };
enum class Volume { quiet, normal, verbose, debug };

struct ReportOptions {
  Format format = Format::text;
  Volume volume = Volume::normal;
  bool terminal = false;  // stdout is one
  Style style = {};
  std::size_t width = 80;
};
// The answer on standard output, each call one write.
std::unique_ptr<Report> make_report(const ReportOptions& options);

// Aligned columns under a header. The last column is not padded; on a terminal a row longer than
// `width` is clipped.
std::string format_table(const Table& table, const Style& style, std::size_t width);
// Rows with tabs between the cells, whole and without a header, for other programs.
std::string format_tsv(const Table& table);

struct StatusOptions {
  Volume volume = Volume::normal;
  ProgressMode progress = ProgressMode::automatic;
  bool terminal = false;  // stderr is one and can redraw a line
  Style style = {};
  std::function<std::size_t()> width = {};  // asked at every frame, so a resized window is honoured
};
// Talk on standard error. On a terminal one line is redrawn at most ten times a second; elsewhere a
// whole line comes every ten seconds, and one at the end of each task.
std::unique_ptr<Status> make_status(const StatusOptions& options);

// Writes to standard error; a reader that went away is no reason to stop.
void write_talk(std::string_view bytes) noexcept;

}  // namespace aiops
