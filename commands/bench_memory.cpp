// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_memory.hpp"

#include "bench/sweep.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures how many bytes a second loops over arrays move: copy (c = a), read (the sum of a) "
    "and "
    "triad (c = a + 3 b) on doubles, with normal stores and with non-temporal ones that go past "
    "the "
    "caches.\n\n"
    "Bytes are counted as STREAM counts them, every array once. A normal store first reads the "
    "line "
    "that it overwrites, so the memory behind the caches moves up to 3/2 (copy) or 4/3 (triad) of "
    "the "
    "figure shown; the difference to the non-temporal stores is what that costs.\n\n"
    "Without --size, arrays are chosen to lie within each cache, and one at least four times "
    "larger "
    "than the last. Cases of one size take turns in random order; the figure is the median, ± half "
    "of its 95 % interval, corrected for autocorrelation.";

BenchMemoryOptions resolve(const Arguments& arguments) {
  BenchMemoryOptions options;
  options.common = bench_options(arguments);
  const auto size = arguments.text("size");
  options.plan.sizes =
      size ? bench::parse_byte_sweep(*size, "--size") : bench::memory_default_sizes();
  options.plan.operations = bench::parse_word_sweep(*arguments.text("operation"), "--operation",
                                                    bench::memory_operations());
  options.plan.stores =
      bench::parse_word_sweep(*arguments.text("stores"), "--stores", bench::memory_stores());
  return options;
}

}  // namespace

Verb bench_memory_verb() {
  Verb verb;
  verb.name = "memory";
  verb.summary = "Measure memory and cache bandwidth";
  verb.description = kDescription;
  verb.flags = {
      {.name = "size",
       .value = "SWEEP",
       .help = "Bytes of each array: 32KiB,1MiB or 1MiB-256MiB*4"},
      {.name = "operation", .value = "LIST", .help = "Loops to run", .fallback = "copy,read,triad"},
      {.name = "stores",
       .value = "LIST",
       .help = "Kinds of stores",
       .fallback = "normal,nontemporal"}};
  for (Flag& flag : bench_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops bench memory --size 32KiB,1MiB --time 0.2", "two sizes, a fifth of a second a case"},
      {"aiops bench memory --operation triad --size 64KiB-4MiB*8 --samples 20 -o json",
       "a sweep as JSON Lines, with raw samples"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_memory(resolve(arguments), context);
  };
  return verb;
}

bench::Suite bench_memory_suite(const Arguments& arguments, const bench::Bench& bench) {
  return memory_suite(resolve(arguments).plan, bench);
}

void bench_memory(const BenchMemoryOptions& options, Context& context) {
  report_suite(options.common, context,
               [&](const bench::Bench& bench) { return memory_suite(options.plan, bench); });
}

}  // namespace aiops::commands
