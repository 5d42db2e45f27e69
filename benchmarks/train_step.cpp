// SPDX-License-Identifier: Apache-2.0
// Times whole training steps (forward, backward, clip, AdamW) of a small Llama on random tokens.
// Built when asked: cmake --build --preset release --target train_step
//
//   train_step [THREADS [ROWS LENGTH [small|smollm2 [SECONDS]]]]
//
// On a shared machine a step counts as clean when the process had its threads' cores for 95 % of
// its time; medians are of the clean steps, or of all when there is none: do not quote those.
#include "kernels/gemm.hpp"
#include "kernels/random.hpp"
#include "train/adamw.hpp"
#include "train/model.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace aiops;
using namespace aiops::train;

ModelConfig small() {
  ModelConfig config;
  config.vocab_size = 2048;
  config.hidden_size = 256;
  config.intermediate_size = 704;
  config.num_hidden_layers = 4;
  config.num_attention_heads = 8;
  config.num_key_value_heads = 4;
  config.head_dim = 32;
  config.max_position_embeddings = 2048;
  return config;
}

ModelConfig smollm2() {
  ModelConfig config;
  config.vocab_size = 49152;
  config.hidden_size = 576;
  config.intermediate_size = 1536;
  config.num_hidden_layers = 30;
  config.num_attention_heads = 9;
  config.num_key_value_heads = 3;
  config.head_dim = 64;
  config.max_position_embeddings = 8192;
  config.rope_theta = 1e5;
  return config;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

struct Sample {
  double zero, gradients, clip, update, cpu;
  double total() const { return zero + gradients + clip + update; }
};

double median(std::vector<Sample> samples, double (*of)(const Sample&)) {
  std::sort(samples.begin(), samples.end(),
            [&](const Sample& a, const Sample& b) { return of(a) < of(b); });
  return of(samples[samples.size() / 2]) * 1e3;
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int index, long otherwise) {
    return argc > index ? std::atol(argv[index]) : otherwise;
  };
  const ModelConfig config = argc > 4 && std::string(argv[4]) == "smollm2" ? smollm2() : small();
  ThreadPool threads(static_cast<std::size_t>(number(1, 0)));
  const std::int64_t rows = number(2, 8);
  const std::int64_t length = number(3, 128);
  Model model(config, threads);
  model.initialise(1);
  AdamW optimiser(model.parameters(), {}, threads);
  std::vector<std::int32_t> tokens;
  for (std::uint64_t i = 0; i <= static_cast<std::uint64_t>(rows * length); ++i)
    tokens.push_back(static_cast<std::int32_t>(kernels::uniform(1, 1, i) *
                                               static_cast<double>(config.vocab_size)));
  const auto count = static_cast<std::size_t>(rows * length);
  const Batch batch{.rows = rows,
                    .length = length,
                    .tokens = std::span(tokens).first(count),
                    .targets = std::span(tokens).subspan(1)};
  std::vector<Sample> all;
  std::vector<Sample> clean;
  double loss = 0;
  const double end = now() + static_cast<double>(number(5, 10));
  for (std::int64_t step = 1; now() < end || all.empty(); ++step) {
    const double cpu = cpu_seconds();
    const double a = now();
    model.zero_gradients();
    const double b = now();
    loss = model.forward_backward(batch, 1.0F / static_cast<float>(count));
    const double c = now();
    clip_gradients(model.parameters(), 1.0, threads);
    const double d = now();
    optimiser.step(1e-4, step);
    const double e = now();
    const Sample sample{b - a, c - b, d - c, e - d, cpu_seconds() - cpu};
    if (step <= 3) continue;  // pages are touched for the first time
    all.push_back(sample);
    if (sample.cpu > 0.95 * sample.total() * static_cast<double>(threads.size()))
      clean.push_back(sample);
  }
  const std::vector<Sample>& samples = clean.empty() ? all : clean;
  const double total = median(samples, [](const Sample& s) { return s.total(); });
  const double best =
      std::min_element(samples.begin(), samples.end(),
                       [](const Sample& a, const Sample& b) { return a.total() < b.total(); })
          ->total() *
      1e3;
  std::printf(
      "%s, %zu threads, %llu parameters, %lld x %lld tokens, %zu clean steps of %zu, loss %.4f\n",
      kernels::gemm_engine(), threads.size(),
      static_cast<unsigned long long>(config.parameter_count()), static_cast<long long>(rows),
      static_cast<long long>(length), clean.size(), all.size(), loss / static_cast<double>(count));
  std::printf(
      "median %.2f ms (best %.2f) = %.0f tokens/s (%.1f CPU ms): zero %.2f, gradients %.2f, clip "
      "%.2f, "
      "AdamW %.2f\n",
      total, best, static_cast<double>(count) / total * 1e3,
      median(samples, [](const Sample& s) { return s.cpu; }),
      median(samples, [](const Sample& s) { return s.zero; }),
      median(samples, [](const Sample& s) { return s.gradients; }),
      median(samples, [](const Sample& s) { return s.clip; }),
      median(samples, [](const Sample& s) { return s.update; }));
}
