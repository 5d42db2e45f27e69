// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_registry.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/sweep.hpp"
#include "commands/registry_options.hpp"

#include <algorithm>

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures how many bytes a second go to a registry and come back, through the code that push "
    "and pull run, and what that costs: requests, retries, and seconds of this machine's CPU per "
    "10^9 bytes. The disk of this machine has no part in it.\n\n"
    "Each push sends blobs of noise that no registry has seen, under their digest and without a "
    "tag, so nothing that is in the repository changes. Each pull fetches the newest of them and "
    "checks every digest. Afterwards the manifests and blobs are deleted; a registry that does not "
    "allow that keeps them until its garbage collection, and this is said.\n\n"
    "The repository is best one made for it: some registries create it on the first push.";

BenchRegistryOptions resolve_options(const Arguments& arguments) {
  BenchRegistryOptions options;
  options.place = pack::Reference::parse(arguments.word("REF"));
  if (options.place.kind != pack::Reference::Kind::registry || !options.place.tag.empty() ||
      options.place.digest)
    throw Error(ExitCode::usage, options.place.str() + " is not a repository of a registry",
                "HOST[:PORT]/NAME, without a tag");
  options.common = sampling_options(arguments);
  fit_to_transfers(options.common.rule);
  options.registry = registry_access(arguments);
  options.plan.sizes = bench::parse_byte_sweep(*arguments.text("size"), "--size");
  options.plan.blobs = bench::parse_count_sweep(*arguments.text("blobs"), "--blobs");
  for (const std::int64_t blobs : options.plan.blobs)
    if (blobs > 1000)
      throw Error(ExitCode::usage, "--blobs " + std::to_string(blobs) + ": more than 1000");
  options.plan.jobs = options.registry.jobs;
  options.plan.operations = bench::parse_word_sweep(*arguments.text("operation"), "--operation",
                                                    bench::registry_operations());
  if (arguments.is_on("keep")) options.keep = BenchRegistryOptions::Keep::yes;
  return options;
}

std::vector<Flag> flags() {
  std::vector<Flag> flags = {
      {.name = "size",
       .value = "SWEEP",
       .help = "Bytes of each blob: 32MiB or 1MiB-64MiB*4",
       .fallback = "32MiB"},
      {.name = "blobs",
       .value = "SWEEP",
       .help = "Blobs of each artifact: 4 or 1-64*4",
       .fallback = "4"},
      {.name = "operation", .value = "LIST", .help = "What to measure", .fallback = "push,pull"},
      {.name = "keep", .help = "Leave what was sent in the registry"}};
  for (Flag& flag : sampling_flags()) {
    if (flag.name == "samples") {  // counted ahead, because each leaves bytes on a server
      flag.help = "Samples of each operation";
      flag.fallback = "7";
    }
    flags.push_back(std::move(flag));
  }
  return flags;
}

// Deletes what was sent, though the run may have been stopped: with a stop flag of its own. What
// cannot be deleted is said once and is no failure of the measurement. The configuration stays: it
// is the empty descriptor, which other artifacts use too.
void clean_up(registry::RemoteOptions access, const std::vector<pack::Document>& pushed,
              Status& status) {
  const StopFlag never;
  access.purpose = registry::Purpose::remove;
  try {
    const auto remote = registry::open_remote(access, status, never);
    for (const auto& document : pushed) {
      remote->delete_manifest(document);
      for (const auto& layer : pack::Manifest::parse(document.bytes, "noise").layers)
        remote->delete_blob(layer.digest);
    }
  } catch (const Error& error) {
    status.warn("what was sent stays in " + access.host + "/" + access.repository + ": " +
                error.message);
  }
}

}  // namespace

Verb bench_registry_verb() {
  Verb verb;
  verb.name = "registry";
  verb.summary = "Measure a registry, there and back";
  verb.description = kDescription;
  verb.positionals = {{.name = "REF",
                       .help = "A repository to write to: HOST[:PORT]/NAME",
                       .complete = Complete::reference}};
  verb.flags = flags();
  verb.examples = {
      {"aiops bench registry registry.example.com/bench --size 1MiB", "a quick look"},
      {"aiops bench registry registry.example.com/bench --size 64KiB,1MiB --blobs 1-16*4 "
       "--samples 2",
       "what many small blobs cost: all combinations"},
      {"aiops bench registry registry.example.com/bench --size 4MiB --blobs 8 --jobs 8 "
       "--operation push -o json",
       "what eight connections bring, with raw samples"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_registry(resolve_options(arguments), context);
  };
  return verb;
}

void fit_to_transfers(bench::SampleRule& rule) {
  rule.shortest_ns = 0;
  rule.warm_up_ns = 1;
}

RegistryBench::RegistryBench(const BenchRegistryOptions& options, Context& context)
    : options_(options),
      context_(context),
      access_(remote_options(options.place.host, options.registry, context)) {
  access_.repository = options.place.repository;
  access_.purpose = registry::Purpose::write;
  access_.state.clear();  // noise is not worth remembering
  remote_ = registry::open_remote(access_, context.status, context.stop);
}

bench::Suite RegistryBench::suite(const bench::Bench& bench) {
  return registry_suite(options_.plan, *remote_, *access_.http.traffic, pushed_, bench);
}

void RegistryBench::end(const Error* failure) {
  const bool first = pushed_.size() < 2;
  if (failure != nullptr && failure->code == ExitCode::unavailable && first) return;
  if (options_.keep == BenchRegistryOptions::Keep::no) clean_up(access_, pushed_, context_.status);
  pushed_.clear();
}

std::shared_ptr<RegistryBench> make_registry_bench(const Arguments& arguments, Context& context) {
  return std::make_shared<RegistryBench>(resolve_options(arguments), context);
}

void bench_registry(const BenchRegistryOptions& options, Context& context) {
  RegistryBench registry(options, context);
  try {
    report_suite(options.common, context,
                 [&](const bench::Bench& bench) { return registry.suite(bench); });
  } catch (const Error& error) {
    registry.end(&error);
    throw;
  }
  registry.end();
}

}  // namespace aiops::commands
