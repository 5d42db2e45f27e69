// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_attention.hpp"

#include "bench/attention_engines.hpp"
#include "bench/sweep.hpp"
#include "bench/train.hpp"
#include "commands/device_options.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures causal attention, forward and backward, as training uses it: rows of queries, keys "
    "and values, heads that may share key/value heads. Operations count the pairs of a query and a "
    "key that it sees: 4 times the head dimension each forward, 10 times backward.\n\n"
    "Rows, lengths, heads, key/value heads, head dimensions and precisions are sweeps: all "
    "combinations are measured. Key/value heads follow --heads when they are not given.\n\n"
    "Engines are the operator that training uses (aiops) and, to compare, oneDNN where it is "
    "installed (onednn), in fp32. It has no attention of its own before version 3: two products "
    "and "
    "softmax stand for it, over all pairs, which the record says. With --device cuda instead, on "
    "arrays in a GPU's memory, our own kernels (aiops) and cuDNN's (cudnn), which has attention "
    "in bf16 only.\n\n"
    "The passes and engines of one shape take turns in random order with a probe of what the "
    "multiply-add "
    "units of this machine can do at that moment, in that precision; 'of peak' is the share of it. "
    "On a GPU 'of datasheet' is the share of what its maker promises, where that is known. "
    "Every pass is first checked against double precision.";

BenchAttentionOptions resolve(const Arguments& arguments) {
  BenchAttentionOptions options;
  options.common = bench_options(arguments);
  const auto sweep = [&](const char* flag) {
    const auto text = arguments.text(flag);
    return text ? bench::parse_count_sweep(*text, std::string("--") + flag)
                : std::vector<std::int64_t>{};
  };
  options.plan.rows = sweep("rows");
  options.plan.lengths = sweep("length");
  options.plan.heads = sweep("heads");
  options.plan.kv_heads = sweep("kv-heads");
  options.plan.head_dims = sweep("head-dim");
  options.plan.precisions = bench::parse_word_sweep(*arguments.text("precision"), "--precision",
                                                    bench::train_precisions());
  options.plan.passes =
      bench::parse_word_sweep(*arguments.text("pass"), "--pass", bench::attention_passes());
  options.plan.gpu = resolve_bench_gpu(arguments);
  options.plan.engines = bench::parse_word_sweep(
      *arguments.text("engine"), "--engine",
      bench::attention_engines(options.plan.gpu ? bench::Hardware::gpu : bench::Hardware::cpu));
  return options;
}

}  // namespace

Verb bench_attention_verb() {
  Verb verb;
  verb.name = "attention";
  verb.summary = "Measure attention against the machine's own ceiling";
  verb.description = kDescription;
  verb.flags = {
      {.name = "rows", .value = "SWEEP", .help = "Sequences", .fallback = "1"},
      {.name = "length", .value = "SWEEP", .help = "Tokens of each", .fallback = "128-512*2"},
      {.name = "heads", .value = "SWEEP", .help = "Heads of queries", .fallback = "12"},
      {.name = "kv-heads",
       .value = "SWEEP",
       .help = "Heads of keys and values; without it, as many as --heads"},
      {.name = "head-dim", .value = "SWEEP", .help = "Numbers of a head", .fallback = "64"},
      {.name = "precision", .value = "LIST", .help = "Of products: fp32, bf16", .fallback = "fp32"},
      {.name = "pass", .value = "LIST", .help = "Passes", .fallback = "forward,backward"},
      {.name = "engine",
       .value = "LIST",
       .help = "What attends: aiops, onednn; on a GPU aiops, cudnn",
       .fallback = "aiops"}};
  verb.flags = with_compute_flags(std::move(verb.flags));
  for (Flag& flag : bench_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {
      {"aiops bench attention --length 128 --time 0.2", "both passes of GPT-2's heads"},
      {"aiops bench attention --rows 2 --length 64-256*2 --heads 9 --kv-heads 3 --pass forward "
       "--precision fp32,bf16 --samples 10",
       "three query heads to a key/value head, three lengths, both precisions"},
      {"aiops bench attention --engine aiops,onednn --length 64 --samples 10",
       "beside products and softmax of oneDNN"},
      {"aiops bench attention --device cuda --engine aiops,cudnn --precision bf16 --length 256 "
       "--samples 10 || [ $? = 7 ]",
       "our own on a GPU beside cuDNN's; 7 says that one of them is not there"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_attention(resolve(arguments), context);
  };
  return verb;
}

bench::Suite bench_attention_suite(const Arguments& arguments, const bench::Bench& bench) {
  return attention_suite(resolve(arguments).plan, bench);
}

void bench_attention(const BenchAttentionOptions& options, Context& context) {
  report_suite(options.common, context,
               [&](const bench::Bench& bench) { return attention_suite(options.plan, bench); });
}

}  // namespace aiops::commands
