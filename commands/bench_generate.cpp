// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_generate.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "bench/sweep.hpp"
#include "bench/train.hpp"
#include "commands/device_options.hpp"
#include "commands/repositories.hpp"

#include <algorithm>
#include <memory>

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures how fast a model reads a prompt and makes tokens, in tokens per second. Models are "
    "shapes, freshly initialised, and models as 'aiops generate' takes them: directories, .gguf "
    "files and references. Records name what is stored by the digest of its weights, wherever it "
    "lies, so that two of the same weights can be compared. Tests have llama-bench's names: pp512 "
    "reads 512 random tokens at once, "
    "tg128 makes 128 one by one, pp512+tg128 does both, and tg128@d4096 begins with 4096 tokens in "
    "the cache. Each number may be a range: pp128-512*2. Models, precisions and tests are all "
    "combined.\n\n"
    "A sample of tg is one token, at the test's positions in turn; of the others, the whole test. "
    "Each takes turns with reads of as much memory as the model has and with a probe of the "
    "multiply-add units, on the same number of threads. 'Of peak' is the share of what these two "
    "would allow: for tg nearly always the bandwidth, over the bytes of weights, keys and values "
    "that every token must read. With --device cuda a GPU computes, 'of datasheet' is the share of "
    "what its maker's rates would allow, where they are known, and gpu_mib is what the model took "
    "of its memory.\n\n"
    "A prompt at once is first checked against the same prompt token by token. bf16 rounds the "
    "operands of products to bfloat16; the weights in memory are fp32.";

// A shape's name, or a model as `aiops generate` takes it.
bench::BenchModel open_model(const std::string& word, BenchGenerateOptions& options,
                             const RegistryAccess& access, Context& context) {
  const auto shapes = bench::train_models();
  if (std::ranges::find(shapes, word) != shapes.end()) return bench::shape_model(word);
  try {
    const ModelSource& source =
        options.sources.emplace_back(open_model_source(word, access, context));
    return bench::stored_model(source.files);
  } catch (const Error& error) {
    if (error.code != ExitCode::not_found) throw;
    throw Error(
        error.code, "--model " + printable(word) + ": no shape, and " + error.message,
        "a directory, a .gguf file, a reference, or a shape: gpt2-124m, smollm2-135m, tiny");
  }
}

BenchGenerateOptions resolve(const Arguments& arguments, Context& context) {
  BenchGenerateOptions options;
  options.common = bench_options(arguments);
  const RegistryAccess access = registry_access(arguments);
  for (const std::string& word : bench::parse_word_sweep(*arguments.text("model"), "--model"))
    options.plan.models.push_back(open_model(word, options, access, context));
  options.plan.precisions = bench::parse_word_sweep(*arguments.text("precision"), "--precision",
                                                    bench::train_precisions());
  options.plan.tests = bench::parse_generate_tests(*arguments.text("test"), "--test");
  options.plan.gpu = resolve_bench_gpu(arguments);
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
                 .help = "Shapes (gpt2-124m, smollm2-135m, tiny) and models: directories, .gguf "
                         "files, references",
                 .fallback = "tiny",
                 .complete = Complete::reference_or_directory},
                {.name = "test",
                 .value = "LIST",
                 .help = "What to do: pp512, tg128, pp512+tg128, tg128@d4096",
                 .fallback = "pp512,tg128"},
                {.name = "precision",
                 .value = "LIST",
                 .help = "Of matrix products: fp32, bf16",
                 .fallback = "fp32"}};
  verb.flags = with_compute_flags(std::move(verb.flags));
  for (Flag& flag : bench_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops bench generate --model demo:1 --test pp16,tg4 --samples 5",
       "a model of the local store, named by the digest of its weights"},
      {"aiops bench generate --samples 5",
       "a prompt and tokens of a model of 3.4 million parameters"},
      {"aiops bench generate --test pp64-256*2,tg16@d512,pp64+tg16 --precision fp32,bf16 "
       "--samples 3 --threads 0",
       "prompts of three lengths, tokens after 512 others, both together, on all CPUs"},
      {"aiops bench generate --device cuda --precision bf16 --test pp64,tg16 --samples 3 || "
       "[ $? = 7 ]",
       "on a GPU; 7 says that there is none"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_generate(resolve(arguments, context), context);
  };
  return verb;
}

bench::Suite bench_generate_suite(const Arguments& arguments, const bench::Bench& bench,
                                  Context& context) {
  const auto options = std::make_shared<const BenchGenerateOptions>(resolve(arguments, context));
  bench::Suite suite = generate_suite(options->plan, bench);
  for (bench::Suite::Item& item : suite.items)  // which read from where the models are
    item.make = [options, make = std::move(item.make)] { return make(); };
  return suite;
}

void bench_generate(const BenchGenerateOptions& options, Context& context) {
  report_suite(options.common, context,
               [&](const bench::Bench& bench) { return generate_suite(options.plan, bench); });
}

}  // namespace aiops::commands
