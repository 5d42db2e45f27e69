// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_storage.hpp"

#include "base/error.hpp"
#include "bench/sweep.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures how fast a file is written and read in a directory, from its start to its end in "
    "blocks of 1 MiB: write makes a new file and ends with fsync; read begins when the page cache "
    "has nothing of the file.\n\n"
    "Ahead of each read, outside of its time, the cache is told to let go and then asked what it "
    "still has. The largest share that it kept is 'resident_pct'; more than 1 % ends the "
    "measurement, as it does on a file system in memory. What a disk or a hypervisor caches by "
    "itself no program sees.\n\n"
    "The file has no name, so nothing of it stays, however the program ends. What is read is first "
    "compared with what was written.";

BenchStorageOptions resolve(const Arguments& arguments) {
  BenchStorageOptions options;
  options.common = timed_options(arguments);
  options.common.rule.shortest_ns = 0;  // each call is a sample: a second read would not be cold
  options.plan.directory = *arguments.path("directory");
  std::error_code none;
  if (!std::filesystem::is_directory(options.plan.directory, none))
    throw Error(ExitCode::not_found, options.plan.directory.string() + " is no directory");
  options.plan.sizes = bench::parse_byte_sweep(*arguments.text("size"), "--size");
  options.plan.operations = bench::parse_word_sweep(*arguments.text("operation"), "--operation",
                                                    bench::storage_operations());
  return options;
}

}  // namespace

Verb bench_storage_verb() {
  Verb verb;
  verb.name = "storage";
  verb.summary = "Measure writing and cold reading of files";
  verb.description = kDescription;
  verb.flags = {{.name = "directory",
                 .value = "DIR",
                 .help = "Where the file is made",
                 .fallback = ".",
                 .complete = Complete::directory},
                {.name = "size",
                 .value = "SWEEP",
                 .help = "Bytes of the file: 1MiB,64MiB or 1MiB-1GiB*4",
                 .fallback = "64MiB"},
                {.name = "operation",
                 .value = "LIST",
                 .help = "What to do: write, read",
                 .fallback = "write,read"}};
  for (Flag& flag : timed_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops bench storage --operation write --size 1MiB --samples 5", "five new files of 1 MiB"},
      {"aiops bench storage --directory . --operation write --size 64KiB-4MiB*8 --time 0.2 "
       "--out storage.jsonl",
       "three sizes, the records kept in a file"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_storage(resolve(arguments), context);
  };
  return verb;
}

bench::Suite bench_storage_suite(const Arguments& arguments, const bench::Bench& bench) {
  return storage_suite(resolve(arguments).plan, bench);
}

void bench_storage(const BenchStorageOptions& options, Context& context) {
  report_suite(options.common, context,
               [&](const bench::Bench& bench) { return storage_suite(options.plan, bench); });
}

}  // namespace aiops::commands
