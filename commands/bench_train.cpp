// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_train.hpp"

#include "bench/sweep.hpp"
#include "commands/device_options.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures whole training steps of a model's shape, freshly initialised, on random tokens: "
    "forward, backward, clipping and AdamW, in tokens per second, with the peak of memory and the "
    "page faults of a step.\n\n"
    "--floor lets the step take turns with its floor: all matrix products of the step on buffers "
    "of their own, and AdamW, and nothing else. 'Of peak' is then the step's share of the floor. "
    "It needs the memory of a second model.\n\n"
    "With --device cuda a GPU computes, and gpu_mib is what the model, its optimiser and a step "
    "took of its memory. There is no floor then.\n\n"
    "Rows, lengths, models and precisions are sweeps: all combinations are measured. bf16 rounds "
    "the operands of products to bfloat16; weights, sums and everything else are fp32.";

BenchTrainOptions resolve(const Arguments& arguments) {
  BenchTrainOptions options;
  options.common = bench_options(arguments);
  options.plan.models =
      bench::parse_word_sweep(*arguments.text("model"), "--model", bench::train_models());
  options.plan.rows = bench::parse_count_sweep(*arguments.text("rows"), "--rows");
  options.plan.lengths = bench::parse_count_sweep(*arguments.text("length"), "--length");
  options.plan.precisions = bench::parse_word_sweep(*arguments.text("precision"), "--precision",
                                                    bench::train_precisions());
  if (arguments.is_on("floor")) options.plan.floor = bench::TrainPlan::Floor::yes;
  options.plan.gpu = resolve_bench_gpu(arguments);
  return options;
}

}  // namespace

Verb bench_train_verb() {
  Verb verb;
  verb.name = "train";
  verb.summary = "Measure training steps against the machine's floor";
  verb.description = kDescription;
  verb.flags = {{.name = "model",
                 .value = "LIST",
                 .help = "Shapes: gpt2-124m, smollm2-135m, tiny",
                 .fallback = "tiny"},
                {.name = "rows", .value = "SWEEP", .help = "Rows of a step", .fallback = "4"},
                {.name = "length", .value = "SWEEP", .help = "Tokens of a row", .fallback = "64"},
                {.name = "precision",
                 .value = "LIST",
                 .help = "Of matrix products: fp32, bf16",
                 .fallback = "fp32"},
                {.name = "floor", .help = "Also measure the floor, taking turns"}};
  verb.flags = with_compute_flags(std::move(verb.flags));
  for (Flag& flag : bench_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {{"aiops bench train --samples 3", "steps of a model of 3.4 million parameters"},
                   {"aiops bench train --precision fp32,bf16 --floor --samples 3 --threads 0",
                    "both precisions on all CPUs, and how close to the floor they come"},
                   {"aiops bench train --device cuda --precision bf16 --samples 3 || [ $? = 7 ]",
                    "on a GPU; 7 says that there is none"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_train(resolve(arguments), context);
  };
  return verb;
}

bench::Suite bench_train_suite(const Arguments& arguments, const bench::Bench& bench) {
  return train_suite(resolve(arguments).plan, bench);
}

void bench_train(const BenchTrainOptions& options, Context& context) {
  report_suite(options.common, context,
               [&](const bench::Bench& bench) { return train_suite(options.plan, bench); });
}

}  // namespace aiops::commands
