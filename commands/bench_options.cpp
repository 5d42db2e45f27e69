// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_options.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/output_file.hpp"
#include "bench/caches.hpp"
#include "bench/canonical.hpp"
#include "bench/health.hpp"
#include "bench/team.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace aiops::commands {
namespace {

constexpr std::int64_t kMostSamples = 100'000;

void warn_of_noise(const std::vector<Json>& records, Status& status) {
  const auto stopped = [&](const char* reason) {
    return std::count_if(records.begin(), records.end(), [&](const Json& record) {
      return record.at("method").at("stop").at("reason") == reason;
    });
  };
  if (const auto n = stopped("timeout") + stopped("stalled"); n > 0)
    status.step(std::to_string(n) + " of " + std::to_string(records.size()) +
                " measurements ended before their interval was within 0.5 %: see the ± column");
  for (const Json& record : records)
    if (const auto throttling = bench::throttling_of(record))
      return status.step("throttled: " + *throttling + "; these figures are of two machines");
  for (const Json& record : records)
    if (const auto why = bench::not_cold(record)) return status.step("not cold: " + *why);
}

std::optional<AttachOptions> attach_options(const Arguments& arguments) {
  const auto artifact = arguments.text("attach");
  const auto key = arguments.path("sign");
  if (key && !artifact)
    throw Error(ExitCode::usage, "--sign is for records that are attached",
                "--attach REF says to which artifact");
  if (!artifact) return std::nullopt;
  return AttachOptions{pack::Reference::parse(*artifact), key, registry_access(arguments)};
}

// Where records are kept that can be attached to nothing and are nowhere else.
std::filesystem::path keep(const std::string& lines, const Json& first, const Context& context) {
  const auto directory = context.state_home / "bench";
  make_directories(directory);
  const auto file = directory / (first.at("id").get<std::string>() + ".jsonl");
  write_file_atomically(file, lines);
  return file;
}

}  // namespace

std::vector<Flag> sampling_flags() {
  std::vector<Flag> flags = {
      {.name = "samples",
       .value = "N",
       .help = "Take exactly N samples of each case, instead of until the interval is narrow"},
      {.name = "seed",
       .value = "N",
       .help = "Seed of the inputs and of the order of the cases",
       .fallback = "1"}};
  for (Flag& flag : record_flags()) flags.push_back(std::move(flag));
  return flags;
}

std::vector<Flag> record_flags() {
  std::vector<Flag> flags = {{.name = "out",
                              .value = "FILE",
                              .help = "Also write the records to FILE, one JSON value a line",
                              .complete = Complete::file,
                              .suffixes = ".jsonl"},
                             {.name = "attach",
                              .value = "REF",
                              .help = "Keep the records with the artifact REF, as a referrer of it",
                              .complete = Complete::reference},
                             attachment_key_flag()};
  for (Flag& flag : registry_flags()) flags.push_back(std::move(flag));
  return flags;
}

Flag attachment_key_flag() {
  return {.name = "sign",
          .value = "KEY",
          .help = "Sign what is attached with this private key",
          .complete = Complete::private_key};
}

Positional stored_records(const char* name, const char* help, Positional::Arity arity) {
  return {.name = name,
          .help = help,
          .arity = arity,
          .complete = Complete::file,
          .suffixes = ".json .jsonl"};
}

std::vector<Flag> timed_flags() {
  auto flags = sampling_flags();
  flags.insert(flags.begin() + 1, {.name = "time",
                                   .value = "SECONDS",
                                   .help = "Longest time for the samples of a case",
                                   .fallback = "3"});
  return flags;
}

Flag cold_flag() {
  return {.name = "cold",
          .help =
              "Data is meant to be in no cache of the CPU: where it is not surely so, no verdict "
              "passes"};
}

bench::SampleRule::Data meant_data(const Arguments& arguments) {
  return arguments.is_on("cold") ? bench::SampleRule::Data::cold
                                 : bench::SampleRule::Data::anywhere;
}

std::vector<Flag> bench_flags() {
  auto flags = timed_flags();
  flags.insert(flags.begin() + 2, {.name = "threads",
                                   .value = "N",
                                   .help = "Threads, each on its own CPU; 0: all CPUs",
                                   .fallback = "1"});
  flags.insert(flags.begin() + 3, cold_flag());
  return flags;
}

BenchOptions sampling_options(const Arguments& arguments) {
  BenchOptions options;
  if (const auto samples = arguments.integer("samples", 1, kMostSamples))
    options.rule.count = static_cast<std::size_t>(*samples);
  options.rule.seed = static_cast<std::uint64_t>(*arguments.integer("seed", 0, 1LL << 53));
  options.out = arguments.path("out");
  options.attach = attach_options(arguments);
  return options;
}

BenchOptions timed_options(const Arguments& arguments) {
  BenchOptions options = sampling_options(arguments);
  const double seconds = *arguments.number("time", 0.001, kLongestSeconds);
  options.rule.timeout_ns = std::llround(seconds * 1e9);
  options.rule.min_ns = std::min(options.rule.min_ns, options.rule.timeout_ns);
  options.rule.warm_up_ns = std::min(options.rule.warm_up_ns, options.rule.timeout_ns);
  return options;
}

BenchOptions bench_options(const Arguments& arguments) {
  BenchOptions options = timed_options(arguments);
  const auto cpus = static_cast<std::int64_t>(bench::usable_cpus().size());
  const std::int64_t threads = *arguments.integer("threads", 0, cpus);
  options.threads = static_cast<std::size_t>(threads == 0 ? cpus : threads);
  options.rule.data = meant_data(arguments);
  return options;
}

RecordSink::RecordSink(const BenchOptions& options, Context& context)
    : out_(options.out), context_(context) {
  if (options.attach) attachment_.emplace(*options.attach, context);
}

void RecordSink::take(const Json& record) {
  const std::string line = bench::to_canonical(record) + '\n';
  if (context_.report.is_json()) context_.report.raw(line);
  if (out_ || attachment_) lines_ += line;
  records_.push_back(record);
}

void RecordSink::save() {
  if (out_) write_output(*out_, lines_);
}

Json RecordSink::subject() const { return attachment_ ? attachment_->subject() : Json(); }

void RecordSink::attach() {
  if (!attachment_) return;
  try {
    attachment_->store(lines_, records_);
  } catch (const Error& failure) {
    Error error = failure;
    error.mend = whereabouts();
    error.message = "the records are measured and not attached: " + error.message;
    throw error;
  }
}

void RecordSink::keep_unattached() {
  if (attachment_)
    context_.status.warn("nothing is attached, since not all was measured; " + whereabouts());
}

std::string RecordSink::whereabouts() const {
  if (out_) return "the records are in " + out_->string();
  if (context_.report.is_json())
    return "the records are on standard output; --out FILE keeps them in a file";
  return "the records are in " + keep(lines_, records_.front(), context_).string() +
         "; --out FILE keeps them elsewhere";
}

void report_suite(const BenchOptions& options, Context& context, const MakeSuite& make) {
  RecordSink sink(options, context);
  const bench::Bench bench{options.rule,
                           options.threads,
                           context.status,
                           context.stop,
                           [&](const Json& record) { sink.take(record); },
                           sink.subject()};
  const auto finish = [&] {
    sink.save();
    if (!context.report.is_json()) context.report.table(OrderedJson(), table_of(sink.records()));
    warn_of_noise(sink.records(), context.status);
  };
  try {
    run_suite(make(bench), bench);
  } catch (const Error&) {
    if (!sink.records().empty()) {  // what is measured is measured
      finish();
      sink.keep_unattached();
    }
    throw;
  }
  finish();
  sink.attach();
}

}  // namespace aiops::commands
