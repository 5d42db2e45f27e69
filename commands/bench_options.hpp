// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "bench/suite.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/bench_attachment.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aiops::commands {

// What every suite is told: --samples, --time, --threads, --seed, --out, --attach, --sign.
struct BenchOptions {
  bench::SampleRule rule;
  std::size_t threads = 1;
  std::optional<std::filesystem::path> out;
  std::optional<AttachOptions> attach;
};

inline constexpr double kLongestSeconds = 86400;

std::vector<Flag> bench_flags();
BenchOptions bench_options(const Arguments& arguments);
// The same without --threads, for what has no threads of its own to share out.
std::vector<Flag> timed_flags();
BenchOptions timed_options(const Arguments& arguments);
// And without --time, for what counts its samples.
std::vector<Flag> sampling_flags();
// The last of them: where the records go, with the flags that reach a registry.
std::vector<Flag> record_flags();
Flag attachment_key_flag();  // --sign
Flag cold_flag();
bench::SampleRule::Data meant_data(const Arguments& arguments);  // what --cold says
BenchOptions sampling_options(const Arguments& arguments);

// A file of records, as -o json and --out write them.
Positional stored_records(const char* name, const char* help,
                          Positional::Arity arity = Positional::Arity::required);

// Where records go as they are made: to standard output with -o json, and to --out, complete or not
// at all, when they are saved; then to the artifact of --attach, which is there or nothing starts.
class RecordSink {
 public:
  RecordSink(const BenchOptions& options, Context& context);
  void take(const Json& record);
  void save();
  // After all has been measured. When it fails, the records are kept and the error says where.
  void attach();
  // Instead, when the suite failed: half of it is attached to nothing. Says where the records are.
  void keep_unattached();
  // What the records say of the artifact; null without one.
  Json subject() const;
  const std::vector<Json>& records() const { return records_; }

 private:
  std::string whereabouts() const;  // of the records; puts them there if they are nowhere

  std::optional<std::filesystem::path> out_;
  Context& context_;
  std::optional<BenchAttachment> attachment_;
  std::string lines_;
  std::vector<Json> records_;
};

using MakeSuite = std::function<bench::Suite(const bench::Bench&)>;

// Runs a suite and reports: JSON Lines as records are ready, or a table at the end. A suite that
// fails half-way keeps what it has measured.
void report_suite(const BenchOptions& options, Context& context, const MakeSuite& make);

// A table of records: what they measured, and of their parameters only those that differ.
Table table_of(const std::vector<Json>& records);

}  // namespace aiops::commands
