// SPDX-License-Identifier: Apache-2.0
#include "train/memory_need.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "train/checkpoint/saver.hpp"
#include "train/model/lora.hpp"
#include "train/model/tensors.hpp"
#include "train/optimiser/memory.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace aiops::train {
namespace {

// The program itself, the tokenizer, the kernels' packed panels.
constexpr std::uint64_t kBesides = 48u << 20;

std::uint64_t floats(std::uint64_t count) { return count * sizeof(float); }

std::uint64_t bytes_of(std::span<const Parameter> parameters) {
  std::uint64_t bytes = 0;
  for (const Parameter& p : parameters) bytes += p.value.size_bytes();
  return bytes;
}

std::uint64_t activation_bytes(const ModelConfig& model, const TrainConfig& config) {
  Plan plan;
  plan.rows = config.rows;
  plan.length = config.length;
  plan.keep = config.compute.recompute == Recompute::layers ? Keep::inputs : Keep::all;
  kernels::Layout measured;
  lay_out_plan(model, measured, plan);
  return floats(measured.used());
}

bool fits(const ModelConfig& model, const TrainConfig& config, std::uint64_t available) {
  return memory_need(model, config).total() + kBesides <= available;
}

// The settings that change least and fit; empty when none do.
std::string what_would_fit(const ModelConfig& model, const TrainConfig& config,
                           std::uint64_t available) {
  const std::int64_t rows_of_batch = config.rows;
  for (const bool no_copy : {false, true})
    for (const bool again : {false, true})
      for (std::int64_t rows = rows_of_batch; rows >= 1; rows /= 2) {
        TrainConfig other = config;
        std::string settings;
        if (again) {
          other.compute.recompute = Recompute::layers;
          settings += " --set recompute=layers";
        }
        if (no_copy) {
          other.checkpoint_background = false;
          settings += " --set checkpoint.background=false";
        }
        other.rows = rows;
        if (rows != rows_of_batch)
          settings += fmt::format(" --set batch.rows={} --set batch.accumulate={}", rows,
                                  config.accumulate * (rows_of_batch / rows));
        if (rows_of_batch % rows == 0 && fits(model, other, available)) return settings.substr(1);
      }
  return {};
}

// The model is frozen: only adapters have gradients and an optimiser's state, and the head of a
// classifier, which comes last.
void add_adapters(const ModelConfig& model, const TrainConfig& config,
                  std::span<const Parameter> frozen, MemoryNeed& need) {
  ThreadPool unused(1);
  Lora lora(config.lora, frozen, unused);
  std::vector<Parameter> trained(lora.parameters().begin(), lora.parameters().end());
  need.parameters += bytes_of(trained);
  if (!model.head.is_language()) trained.push_back(frozen.back());
  need.gradients = bytes_of(trained);
  need.optimiser = optimiser_bytes(config.optimiser, trained);
  need.activations += floats(lora.working_floats(config.rows * config.length));
}

}  // namespace

MemoryNeed memory_need(const ModelConfig& model, const TrainConfig& config) {
  MemoryNeed need;
  float somewhere = 0;  // offsets are taken from it; nothing is read or written
  kernels::Layout tensors(&somewhere);
  const Tensors nowhere = lay_out_tensors(model, tensors);
  const auto parameters = name_parameters(model, nowhere, nowhere);
  need.parameters = need.gradients = floats(tensors.used());
  need.activations = activation_bytes(model, config);
  if (config.lora.rank > 0) {
    add_adapters(model, config, parameters, need);
  } else {
    need.optimiser = optimiser_bytes(config.optimiser, parameters);
  }
  if (!config.sample_prompts.empty()) {
    const auto key = static_cast<std::uint64_t>(Widths(model).key);
    need.cache = floats(2 * key * static_cast<std::uint64_t>(model.num_hidden_layers) *
                        static_cast<std::uint64_t>(model.max_position_embeddings));
  }
  need.copy = Saver::copy_bytes(config, need.checkpoint());
  return need;
}

void require_memory(const ModelConfig& model, const TrainConfig& config, std::uint64_t available) {
  if (fits(model, config, available)) return;
  const MemoryNeed need = memory_need(model, config);
  const std::string mend = what_would_fit(model, config, available);
  throw Error(ExitCode::failed,
              fmt::format("the training needs {} of memory, {} of it for activations, and {} are "
                          "available",
                          format_bytes(need.total() + kBesides), format_bytes(need.activations),
                          format_bytes(available)),
              mend.empty() ? "a smaller model, a shorter batch.length, or a larger machine" : mend);
}

}  // namespace aiops::train
