// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_hash.hpp"

#include "bench/sweep.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures how many bytes a second SHA-256 and SHA-512 take in, through the same code that "
    "packs, "
    "pulls and verifies. One stream a thread is fed block by block, so small blocks show what a "
    "call "
    "costs and large ones what the CPU can do.\n\n"
    "Megabytes are millions of bytes. The figure is the median, ± half of its 95 % interval, "
    "corrected for autocorrelation.";

BenchHashOptions resolve(const Arguments& arguments) {
  BenchHashOptions options;
  options.common = bench_options(arguments);
  options.plan.algorithms =
      bench::parse_word_sweep(*arguments.text("algorithm"), "--algorithm", {"sha256", "sha512"});
  options.plan.blocks = bench::parse_byte_sweep(*arguments.text("block"), "--block");
  return options;
}

}  // namespace

Verb bench_hash_verb() {
  Verb verb;
  verb.name = "hash";
  verb.summary = "Measure the digests that every artifact goes through";
  verb.description = kDescription;
  verb.flags = {{.name = "algorithm",
                 .value = "LIST",
                 .help = "Digest algorithms",
                 .fallback = "sha256,sha512"},
                {.name = "block",
                 .value = "SWEEP",
                 .help = "Bytes handed over at a time: 64,1KiB or 1KiB-1MiB*8",
                 .fallback = "64,1KiB,64KiB,1MiB"}};
  for (Flag& flag : bench_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops bench hash --block 1MiB --time 0.2", "both algorithms at full speed"},
      {"aiops bench hash --algorithm sha256 --block 64-4KiB*4 --samples 20 --out hash.jsonl",
       "what small blocks cost, the records kept in a file"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_hash(resolve(arguments), context);
  };
  return verb;
}

bench::Suite bench_hash_suite(const Arguments& arguments, const bench::Bench& bench) {
  return hash_suite(resolve(arguments).plan, bench);
}

void bench_hash(const BenchHashOptions& options, Context& context) {
  report_suite(options.common, context,
               [&](const bench::Bench& bench) { return hash_suite(options.plan, bench); });
}

}  // namespace aiops::commands
