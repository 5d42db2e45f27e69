// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_operator.hpp"

#include "bench/operation_engines.hpp"
#include "bench/sweep.hpp"
#include "commands/device_options.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures the operators that move memory more than they multiply, in fp32, on rows of a width: "
    "norms, activations, rotary positions, the residual sum, the loss and AdamW, forward and, "
    "where "
    "there is such a pass, backward.\n\n"
    "Bytes count every array of rows x width once, and twice where it is changed in place; swiglu "
    "reads two of them, AdamW four. Each takes turns with plain loops that copy, read and change "
    "as "
    "many bytes with the same threads; 'of peak' is the share of that. Arrays that fit into a "
    "cache "
    "are measured in it. With --device cuda the plug-in's own kernels do them on arrays in a "
    "GPU's memory, in turns with copies within it that move as many bytes; 'of datasheet' is the "
    "share of the bandwidth that its maker promises, where that is known.\n\n"
    "Every element of what an operator makes is first checked against double precision. Operators, "
    "passes, rows and widths are sweeps: all combinations are measured.\n\n"
    "Engines of one shape take turns: the operators that training uses (engine aiops) and, to "
    "compare, oneDNN where it is installed (engine onednn). Operators that oneDNN lacks are left "
    "out "
    "beside it; where it has parts of one, the record names them: its loss is a softmax and a loop "
    "over the targets, and the gradient of its layer norm overwrites what ours adds to. Its "
    "threads are OpenMP's, which "
    "wait by turning round: with as many --threads as CPUs, on a machine that is busy, it needs "
    "OMP_WAIT_POLICY=passive in the environment.";

BenchOperatorOptions resolve(const Arguments& arguments) {
  BenchOperatorOptions options;
  options.common = bench_options(arguments);
  options.plan.gpu = resolve_bench_gpu(arguments);
  options.plan.engines = bench::parse_word_sweep(
      *arguments.text("engine"), "--engine",
      bench::operator_engines(options.plan.gpu ? bench::Hardware::gpu : bench::Hardware::cpu));
  const auto operators = arguments.text("operator");
  options.plan.operators =
      operators ? bench::parse_word_sweep(*operators, "--operator", bench::bench_operators())
                : bench::bench_operators(options.plan.engines);
  options.plan.passes =
      bench::parse_word_sweep(*arguments.text("pass"), "--pass", bench::operator_passes());
  options.plan.rows = bench::parse_count_sweep(*arguments.text("rows"), "--rows");
  options.plan.widths = bench::parse_count_sweep(*arguments.text("width"), "--width");
  return options;
}

std::string all_operators() {
  std::string all;
  for (const std::string& name : bench::bench_operators()) all += (all.empty() ? "" : ", ") + name;
  return all;
}

}  // namespace

Verb bench_operator_verb() {
  Verb verb;
  verb.name = "operator";
  verb.summary = "Measure norms, activations and other operators against memory";
  verb.description = kDescription;
  verb.flags = {{.name = "operator",
                 .value = "LIST",
                 .help = "Operators: " + all_operators() + "; without it, all"},
                {.name = "pass", .value = "LIST", .help = "Passes", .fallback = "forward,backward"},
                {.name = "rows", .value = "SWEEP", .help = "Rows", .fallback = "512"},
                {.name = "width", .value = "SWEEP", .help = "Numbers of a row", .fallback = "768"},
                {.name = "engine",
                 .value = "LIST",
                 .help = "What does them: aiops, onednn; on a GPU aiops",
                 .fallback = "aiops"}};
  verb.flags = with_compute_flags(std::move(verb.flags));
  for (Flag& flag : bench_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {{"aiops bench operator --time 0.1", "all of them, on the rows of GPT-2"},
                   {"aiops bench operator --operator layer_norm,gelu --pass forward --rows "
                    "64-256*4 --width 3072 "
                    "--samples 10",
                    "two of them, two numbers of rows"},
                   {"aiops bench operator --engine aiops,onednn --rows 64 --samples 10",
                    "those that oneDNN has too, side by side"},
                   {"aiops bench operator --device cuda --operator rms_norm,swiglu --rows 2048 "
                    "--samples 10 || [ $? = 7 ]",
                    "on a GPU; 7 says that there is none"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_operator(resolve(arguments), context);
  };
  return verb;
}

bench::Suite bench_operator_suite(const Arguments& arguments, const bench::Bench& bench) {
  return operator_suite(resolve(arguments).plan, bench);
}

void bench_operator(const BenchOperatorOptions& options, Context& context) {
  report_suite(options.common, context,
               [&](const bench::Bench& bench) { return operator_suite(options.plan, bench); });
}

}  // namespace aiops::commands
