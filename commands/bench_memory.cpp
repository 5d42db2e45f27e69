// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_memory.hpp"

#include "base/error.hpp"
#include "bench/sweep.hpp"
#include "commands/device_options.hpp"

#include <algorithm>
#include <iterator>

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures how many bytes a second loops over arrays move: copy (c = a), read (the sum of a) "
    "and "
    "triad (c = a + 3 b) on doubles, with normal stores and with non-temporal ones that go past "
    "the "
    "caches. With upload and download instead, how many bytes a second go from pinned memory of "
    "the host to a GPU and back, until they are there; where no GPU can be used the exit code is "
    "7.\n\n"
    "Bytes are counted as STREAM counts them, every array once. A normal store first reads the "
    "line "
    "that it overwrites, so the memory behind the caches moves up to 3/2 (copy) or 4/3 (triad) of "
    "the "
    "figure shown; the difference to the non-temporal stores is what that costs.\n\n"
    "Without --size, arrays are chosen to lie within each cache, and one at least four times "
    "larger "
    "than the last. Cases of one size take turns in random order; the figure is the median, ± half "
    "of its 95 % interval, corrected for autocorrelation.";

constexpr std::int64_t kDeviceBytes = 64 << 20;

// Loops of the CPU, or copies to and from a GPU: they have no sizes in common.
std::vector<std::string> parse_operations(const Arguments& arguments) {
  auto known = bench::memory_operations();
  const auto of_device = bench::device_memory_operations();
  known.insert(known.end(), of_device.begin(), of_device.end());
  const auto wanted = bench::parse_word_sweep(*arguments.text("operation"), "--operation", known);
  const auto count = std::ranges::count_if(
      wanted, [&](const std::string& one) { return std::ranges::count(of_device, one) > 0; });
  if (count != 0 && count != std::ssize(wanted))
    throw Error(ExitCode::usage,
                "--operation: upload and download are of a GPU, the others of the CPU",
                "measure one kind and then the other");
  return wanted;
}

bench::Suite suite_of(const BenchMemoryOptions& options, const bench::Bench& bench) {
  return options.device ? device_memory_suite(*options.device) : memory_suite(options.plan, bench);
}

BenchMemoryOptions resolve(const Arguments& arguments) {
  BenchMemoryOptions options;
  options.common = bench_options(arguments);
  const auto size = arguments.text("size");
  options.plan.sizes =
      size ? bench::parse_byte_sweep(*size, "--size") : bench::memory_default_sizes();
  options.plan.operations = parse_operations(arguments);
  if (std::ranges::count(bench::device_memory_operations(), options.plan.operations[0]) > 0) {
    if (arguments.has("threads") || arguments.has("stores"))
      throw Error(ExitCode::usage, "--threads and --stores are of the CPU's loops");
    options.device = bench::DeviceMemoryPlan{
        {device_search(arguments), static_cast<int>(*arguments.integer("gpu", 0, 1023))},
        size ? options.plan.sizes : std::vector<std::int64_t>{kDeviceBytes},
        options.plan.operations};
    return options;
  }
  if (arguments.has("gpu"))
    throw Error(ExitCode::usage, "--gpu is for upload and download", "--operation upload,download");
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
  verb.flags = {{.name = "size",
                 .value = "SWEEP",
                 .help = "Bytes of each array: 32KiB,1MiB or 1MiB-256MiB*4"},
                {.name = "operation",
                 .value = "LIST",
                 .help = "Loops to run; or upload,download",
                 .fallback = "copy,read,triad"},
                {.name = "stores",
                 .value = "LIST",
                 .help = "Kinds of stores",
                 .fallback = "normal,nontemporal"}};
  verb.flags.push_back({.name = "gpu", .value = "N", .help = "Which GPU", .fallback = "0"});
  for (Flag& flag : device_flags()) verb.flags.push_back(std::move(flag));
  for (Flag& flag : bench_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops bench memory --size 32KiB,1MiB --time 0.2", "two sizes, a fifth of a second a case"},
      {"aiops bench memory --operation triad --size 64KiB-4MiB*8 --samples 20 -o json",
       "a sweep as JSON Lines, with raw samples"},
      {"aiops bench memory --operation upload,download --size 1MiB --samples 20 || [ $? = 7 ]",
       "to a GPU and back; 7 says that there is none"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_memory(resolve(arguments), context);
  };
  return verb;
}

bench::Suite bench_memory_suite(const Arguments& arguments, const bench::Bench& bench) {
  return suite_of(resolve(arguments), bench);
}

void bench_memory(const BenchMemoryOptions& options, Context& context) {
  report_suite(options.common, context,
               [&](const bench::Bench& bench) { return suite_of(options, bench); });
}

}  // namespace aiops::commands
