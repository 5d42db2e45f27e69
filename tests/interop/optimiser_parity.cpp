// SPDX-License-Identifier: Apache-2.0
// optimiser_parity DIR: writes a small random model into DIR as Hugging Face's library reads it,
// and into DIR/ours.safetensors the tokens of some steps and what each optimiser makes of the
// weights in them, with decay, warm-up, cosine and a clipped gradient.
#include "base/error.hpp"
#include "base/file.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/model/weights.hpp"
#include "train/optimiser/optimiser.hpp"
#include "train/optimiser/schedule.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <list>

namespace {

using namespace aiops;
using namespace aiops::train;

constexpr std::int64_t kSteps = 20, kRows = 2, kLength = 40;
constexpr double kClip = 3;

OptimiserOptions options_of(OptimiserKind kind) {
  OptimiserOptions options{.kind = kind, .learning_rate = 0.004, .weight_decay = 0.3};
  if (kind == OptimiserKind::sgd) options.learning_rate = 0.2;
  if (kind == OptimiserKind::muon) options.momentum = 0.95;
  return options;
}

// Gradients of a global norm of at most kClip.
void clip(std::span<const Parameter> parameters) {
  double sum = 0;
  for (const Parameter& p : parameters)
    for (const float g : p.gradient) sum += static_cast<double>(g) * static_cast<double>(g);
  if (std::sqrt(sum) <= kClip) return;
  for (const Parameter& p : parameters)
    for (float& g : p.gradient)
      g = static_cast<float>(static_cast<double>(g) * kClip / std::sqrt(sum));
}

// What the weights are after the steps.
void train(Model& model, const OptimiserOptions& options, const std::vector<TinyBatch>& batches) {
  const auto optimiser = make_optimiser(options, model.trainable(), model.backend());
  const Schedule schedule{.peak = options.learning_rate, .warmup = 4, .steps = kSteps};
  for (std::int64_t step = 1; step <= kSteps; ++step) {
    const TinyBatch& data = batches[static_cast<std::size_t>(step - 1)];
    model.zero_gradients();
    model.forward_backward(data.batch(), 1 / static_cast<float>(data.counted()));
    clip(model.trainable());
    optimiser->step(schedule.at(step), step);
  }
}

void write(const std::filesystem::path& directory) {
  const ModelConfig config = tiny_config_of(Family::llama, false);
  ThreadPool threads(2);
  std::vector<TinyBatch> batches;
  std::vector<float> tokens, targets;
  for (std::int64_t step = 1; step <= kSteps; ++step) {
    batches.emplace_back(kRows, kLength, config.vocab_size, static_cast<std::uint64_t>(step));
    tokens.insert(tokens.end(), batches.back().tokens.begin(), batches.back().tokens.end());
    targets.insert(targets.end(), batches.back().targets.begin(), batches.back().targets.end());
  }
  const std::vector<std::uint64_t> shape{static_cast<std::uint64_t>(kSteps),
                                         static_cast<std::uint64_t>(kRows),
                                         static_cast<std::uint64_t>(kLength)};
  std::vector<NamedTensor> ours{{"tokens", shape, tokens}, {"targets", shape, targets}};
  std::list<Model> models;
  for (const auto kind : {OptimiserKind::adamw, OptimiserKind::sgd, OptimiserKind::muon}) {
    Model& model = models.emplace_back(config, threads);
    initialise_roughly(model, 9);
    if (models.size() == 1) save_tensors(directory / "model.safetensors", tensors_of(model));
    train(model, options_of(kind), batches);
    for (NamedTensor& tensor : tensors_of(model)) {
      tensor.name = std::string(name_of(kind)) + "/" + tensor.name;
      ours.push_back(std::move(tensor));
    }
  }
  write_file_atomically(directory / "config.json", to_text(config.to_json()));
  save_tensors(directory / "ours.safetensors", ours);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: optimiser_parity DIR\n", stderr);
    return 2;
  }
  try {
    write(argv[1]);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return 1;
  }
}
