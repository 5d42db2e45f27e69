// SPDX-License-Identifier: Apache-2.0
#include "commands/bench_gemm.hpp"

#include "bench/sweep.hpp"
#include "bench/train.hpp"
#include "commands/device_options.hpp"

namespace aiops::commands {
namespace {

constexpr const char* kDescription =
    "Measures matrix products, C = A B with C of m rows and n columns and an inner dimension "
    "k: "
    "the operator that training uses (engine aiops) and, to compare, OpenBLAS and oneDNN where "
    "they "
    "are installed (engines openblas, onednn), which are measured in fp32. With --device cuda "
    "instead cuBLASLt on a GPU (engine cublaslt), as training uses it for linear layers: nt is "
    "their forward pass, nn the gradient of what goes in, tn that of the weights, whose sums are "
    "fp32. Arrays are in the GPU's memory.\n\n"
    "Dimensions are sweeps: a list 64,128, a range with a step 100-500+100, or with a factor "
    "128-1024*2. All combinations are measured; n and k follow m when they are not given. "
    "--transpose "
    "says, for A and for B, whether it is stored transposed: nn, nt, tn, tt.\n\n"
    "Engines of one shape take turns in random order with a probe of what the multiply-add units "
    "of "
    "this machine can do at that moment; 'of peak' is the share of it. On a GPU 'of datasheet' is "
    "the share of what its maker promises, where that is known. Every product is first "
    "checked "
    "against dot products in double precision.";

BenchGemmOptions resolve(const Arguments& arguments) {
  BenchGemmOptions options;
  options.common = bench_options(arguments);
  const auto dimension = [&](const char* flag) {
    const auto text = arguments.text(flag);
    return text ? bench::parse_count_sweep(*text, std::string("--") + flag)
                : std::vector<std::int64_t>{};
  };
  options.plan.m = dimension("m");
  options.plan.n = dimension("n");
  options.plan.k = dimension("k");
  options.plan.transposes = bench::parse_word_sweep(*arguments.text("transpose"), "--transpose",
                                                    bench::gemm_transposes());
  options.plan.precisions = bench::parse_word_sweep(*arguments.text("precision"), "--precision",
                                                    bench::train_precisions());
  options.plan.gpu = resolve_bench_gpu(arguments);
  const auto engines =
      bench::gemm_engines(options.plan.gpu ? bench::Hardware::gpu : bench::Hardware::cpu);
  options.plan.engines =
      options.plan.gpu && !arguments.has("engine")
          ? engines
          : bench::parse_word_sweep(*arguments.text("engine"), "--engine", engines);
  return options;
}

}  // namespace

Verb bench_gemm_verb() {
  Verb verb;
  verb.name = "gemm";
  verb.summary = "Measure matrix products against the machine's own ceiling";
  verb.description = kDescription;
  verb.flags = {
      {.name = "m", .value = "SWEEP", .help = "Rows of C", .fallback = "256-1024*2"},
      {.name = "n", .value = "SWEEP", .help = "Columns of C; without it, equal to m"},
      {.name = "k", .value = "SWEEP", .help = "Inner dimension; without it, equal to m"},
      {.name = "transpose",
       .value = "LIST",
       .help = "Of A and B: nn, nt, tn, tt",
       .fallback = "nn"},
      {.name = "precision", .value = "LIST", .help = "Of operands: fp32, bf16", .fallback = "fp32"},
      {.name = "engine",
       .value = "LIST",
       .help = "What multiplies: aiops, openblas, onednn; on a GPU cublaslt",
       .fallback = "aiops"}};
  verb.flags = with_compute_flags(std::move(verb.flags));
  for (Flag& flag : bench_flags()) verb.flags.push_back(std::move(flag));
  verb.examples = {{"aiops bench gemm --m 128,256 --time 0.2", "two square shapes"},
                   {"aiops bench gemm --m 64 --n 512 --k 128-256*2 --transpose nn,nt --samples 10",
                    "the shapes of a small model's layers"},
                   {"aiops bench gemm --engine aiops,openblas,onednn --m 256 --samples 10",
                    "own products beside those of two libraries"},
                   {"aiops bench gemm --device cuda --m 1024 --transpose nt,nn,tn --precision "
                    "fp32,bf16 --samples 10 || [ $? = 7 ]",
                    "cuBLASLt's of a linear layer; 7 says that there is no GPU"}};
  verb.run = [](const Arguments& arguments, Context& context) {
    bench_gemm(resolve(arguments), context);
  };
  return verb;
}

bench::Suite bench_gemm_suite(const Arguments& arguments, const bench::Bench& bench) {
  return gemm_suite(resolve(arguments).plan, bench);
}

void bench_gemm(const BenchGemmOptions& options, Context& context) {
  report_suite(options.common, context,
               [&](const bench::Bench& bench) { return gemm_suite(options.plan, bench); });
}

}  // namespace aiops::commands
