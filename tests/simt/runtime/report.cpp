// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/runtime/report.hpp"

#include "tests/simt/runtime/machine.hpp"
#include "tests/simt/runtime/symbols.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <utility>

namespace aiops::simt {
namespace {

constexpr std::size_t kMostReports = 20;
std::vector<Report> reports;

std::string here() {
  const Thread* thread = machine.current;
  if (thread == nullptr) return machine.launch == nullptr ? "the host" : machine.kernel;
  const Index block = machine.block;
  std::string place =
      text("thread %d (warp %d, lane %d) of block (%u, %u, %u) of %s", thread->number,
           thread->warp(), thread->lane(), block.x, block.y, block.z, machine.kernel.c_str());
  if (machine.options.engine != nullptr)
    place += ", at " + machine.options.engine->place(thread->number);
  return place;
}

}  // namespace

const char* name_of(Fault fault) {
  switch (fault) {
    case Fault::race:
      return "race";
    case Fault::out_of_bounds:
      return "out of bounds";
    case Fault::uninitialised:
      return "uninitialised";
    case Fault::asynchronous:
      return "asynchronous";
    case Fault::misaligned:
      return "misaligned";
    case Fault::host_pointer:
      return "host pointer";
    case Fault::deadlock:
      return "deadlock";
    case Fault::diverged:
      return "diverged";
    case Fault::mask:
      return "mask";
    case Fault::shuffle:
      return "shuffle";
    case Fault::undefined:
      return "undefined";
    case Fault::launch:
      return "launch";
    case Fault::host_copy:
      return "host copy";
  }
  return "?";
}

std::string describe(const Report& report) {
  std::string line =
      std::string(name_of(report.fault)) + ": " + report.what + ", by " + report.where;
  if (report.pc != nullptr) line += ", at " + source_of(report.pc);
  return line;
}

void report(Fault fault, std::string what, const void* pc) {
  const auto same = [&](const Report& old) {
    return old.fault == fault && old.pc == pc && (pc != nullptr || old.what == what);
  };
  if (reports.size() >= kMostReports || std::any_of(reports.begin(), reports.end(), same)) return;
  reports.push_back({fault, std::move(what), here(), pc});
}

std::vector<Report> take_reports() { return std::exchange(reports, {}); }
bool any_report() { return !reports.empty(); }

std::string text(const char* format, ...) {
  char buffer[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  return buffer;
}

}  // namespace aiops::simt
