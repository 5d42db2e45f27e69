// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_allreduce.hpp"

#include "bench/sweep.hpp"
#include "commands/ranks.hpp"
#include "train/ranks/shared_region.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures how long the processes of a training on this host (aiops train --ranks N) take to "
    "add up their gradients, which lie in memory that they share: the median time of a sum, and "
    "the bytes a second that it moves.\n\n"
    "Bytes are counted as each value of each rank read once and written once. 'Of peak' is the "
    "share of what all ranks at once copy, counted the same way; the copy takes turns with the "
    "sum. Every sum is first checked, bit for bit, against the addition in the order of the "
    "ranks.\n\n"
    "--bytes is a sweep of the bytes that each rank brings: four for each parameter that is "
    "trained.";

BenchAllreduceOptions resolve(const Arguments& arguments) {
  BenchAllreduceOptions options;
  options.common = timed_options(arguments);
  options.ranks = static_cast<int>(
      arguments.integer("ranks", 2, train::SharedRegion::kMostRanks).value_or(options.ranks));
  options.plan.sizes = bench::parse_byte_sweep(arguments.required_text("bytes"), "--bytes");
  return options;
}

}  // namespace

Verb bench_allreduce_verb() {
  Verb verb;
  verb.name = "allreduce";
  verb.summary = "Measure the sum of gradients over processes";
  verb.description = kDescription;
  verb.flags = {{.name = "ranks", .value = "N", .help = "Processes on this host", .fallback = "2"},
                {.name = "bytes",
                 .value = "SWEEP",
                 .help = "Bytes of each rank's gradients: 16MiB,512MiB or 1MiB-256MiB*4",
                 .fallback = "100MiB"}};
  for (Flag& flag : timed_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {{"aiops bench allreduce --bytes 1MiB,16MiB --time 0.2", "two ranks, two sizes"},
                   {"aiops bench allreduce --ranks 3 --bytes 4MiB --samples 10 -o json",
                    "three ranks, as a JSON line with raw samples"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_allreduce(resolve(arguments), context);
  };
  return verb;
}

void bench_allreduce(const BenchAllreduceOptions& options, Context& context) {
  RankOptions ranks;
  ranks.place = {.world_size = options.ranks, .local_size = options.ranks, .start = options.ranks};
  ranks.place.source = "--ranks";
  ranks.threads = 1;
  run_as_ranks(ranks, context, [&](train::Collective& crew, ThreadPool&, Status&) {
    if (!crew.leads()) return follow_allreduce(options.plan, crew);
    report_suite(options.common, context,
                 [&](const bench::Bench&) { return allreduce_suite(options.plan, crew); });
  });
}

}  // namespace aiops::commands
