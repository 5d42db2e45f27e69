// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_generate.hpp"

#include "bench/sweep.hpp"
#include "bench/train.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures how fast a model's shape, freshly initialised, reads a prompt and makes tokens, in "
    "tokens per second. Tests have llama-bench's names: pp512 reads 512 random tokens at once, "
    "tg128 makes 128 one by one, pp512+tg128 does both, and tg128@d4096 begins with 4096 tokens in "
    "the cache. Each number may be a range: pp128-512*2. Models, precisions and tests are all "
    "combined.\n\n"
    "A sample of tg is one token, at the test's positions in turn; of the others, the whole test. "
    "Each takes turns with reads of as much memory as the model has and with a probe of the "
    "multiply-add units, on the same number of threads. 'Of peak' is the share of what these two "
    "would allow: for tg nearly always the bandwidth, over the bytes of weights, keys and values "
    "that every token must read.\n\n"
    "A prompt at once is first checked against the same prompt token by token. bf16 rounds the "
    "operands of products to bfloat16; the weights in memory are fp32.";

BenchGenerateOptions resolve(const Arguments& arguments) {
  BenchGenerateOptions options;
  options.common = bench_options(arguments);
  options.plan.models =
      bench::parse_word_sweep(*arguments.text("model"), "--model", bench::train_models());
  options.plan.precisions = bench::parse_word_sweep(*arguments.text("precision"), "--precision",
                                                    bench::train_precisions());
  options.plan.tests = bench::parse_generate_tests(*arguments.text("test"), "--test");
  return options;
}

}  // namespace

Verb bench_generate_verb() {
  Verb verb;
  verb.name = "generate";
  verb.summary = "Measure prompts and generation against the machine's bandwidth";
  verb.description = kDescription;
  verb.flags = {{.name = "model",
                 .value = "LIST",
                 .help = "Shapes: gpt2-124m, smollm2-135m, tiny",
                 .fallback = "tiny"},
                {.name = "test",
                 .value = "LIST",
                 .help = "What to do: pp512, tg128, pp512+tg128, tg128@d4096",
                 .fallback = "pp512,tg128"},
                {.name = "precision",
                 .value = "LIST",
                 .help = "Of matrix products: fp32, bf16",
                 .fallback = "fp32"}};
  for (Flag& flag : bench_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops bench generate --samples 5",
       "a prompt and tokens of a model of 3.4 million parameters"},
      {"aiops bench generate --test pp64-256*2,tg16@d512,pp64+tg16 --precision fp32,bf16 "
       "--samples 3 --threads 0",
       "prompts of three lengths, tokens after 512 others, both together, on all CPUs"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_generate(resolve(arguments), context);
  };
  return verb;
}

bench::Suite bench_generate_suite(const Arguments& arguments, const bench::Bench& bench) {
  return generate_suite(resolve(arguments).plan, bench);
}

void bench_generate(const BenchGenerateOptions& options, Context& context) {
  report_suite(options.common, context,
               [&](const bench::Bench& bench) { return generate_suite(options.plan, bench); });
}

}  // namespace aiops::commands
