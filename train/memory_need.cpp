// SPDX-License-Identifier: Apache-2.0
#include "train/memory_need.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "train/available_memory.hpp"
#include "train/checkpoint/saver.hpp"
#include "train/model/lora.hpp"
#include "train/model/merge.hpp"
#include "train/model/tensors.hpp"
#include "train/optimiser/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace aiops::train {
namespace {

// What is left for threads' stacks, files' buffers, and what the system takes for all that.
constexpr std::uint64_t kBesides = 16u << 20;

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

// The panels that the largest product packs (kernels/gemm.cpp): its narrower operand, as far as a
// cache holds it.
std::uint64_t panel_bytes(const ModelConfig& model, const TrainConfig& config) {
  constexpr std::int64_t kMost = 4 << 20;  // floats
  const Widths width(model);
  const std::int64_t tokens = config.rows * config.length;
  std::int64_t most = 0;
  const auto product = [&](std::int64_t in, std::int64_t out) {
    for (const auto& [m, n, k] :
         {std::array{tokens, out, in}, {tokens, in, out}, {out, in, tokens}})
      most = std::max(most, std::min(std::min(m, n) * k, kMost));
  };
  product(width.hidden, width.vocab);
  product(width.hidden, width.qkv);
  product(width.hidden, width.up);
  product(width.mlp, width.hidden);
  return floats(static_cast<std::uint64_t>(most));
}

// Keys and values of the longest sample. Of each layer's part of the cache, those pages are touched
// that they fill, which are large ones.
std::uint64_t cache_bytes(const ModelConfig& model, const TrainConfig& config) {
  constexpr std::uint64_t kPage = 2u << 20;
  if (config.sample_prompts.empty() && !config.merge) return 0;
  std::size_t longest = config.merge ? kMergeSample : 0;  // a token has at least a byte
  for (const std::string& prompt : config.sample_prompts)
    longest = std::max(longest, prompt.size());
  const std::int64_t context = model.max_position_embeddings;
  const auto tokens =
      std::min(context, static_cast<std::int64_t>(longest) + config.sample_tokens + 1);
  const auto bytes = [&](std::int64_t positions) {
    return floats(static_cast<std::uint64_t>(2 * Widths(model).key * positions));
  };
  return static_cast<std::uint64_t>(model.num_hidden_layers) *
         std::min(bytes(context), bytes(tokens) + kPage);
}

bool fits(const ModelConfig& model, const TrainConfig& config, std::uint64_t available) {
  return host_memory_need(model, config).total() + kBesides <= available;
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

void add_optimiser(const TrainConfig& config, std::span<const Parameter> trained,
                   MemoryNeed& need) {
  const OptimiserBytes bytes = optimiser_bytes(config.optimiser, trained);
  need.optimiser = bytes.total();
  need.checkpoint = need.gradients + bytes.state;
}

// The model is frozen: only adapters have gradients and an optimiser's state, and the head of a
// classifier, which comes last.
void add_adapters(const ModelConfig& model, const TrainConfig& config,
                  std::span<const Parameter> frozen, MemoryNeed& need) {
  ThreadPool unused(1);
  const auto backend = kernels::cpu_backend(unused);
  Lora lora(config.lora, frozen, *backend, unused);
  std::vector<Parameter> trained(lora.parameters().begin(), lora.parameters().end());
  need.parameters += bytes_of(trained);
  if (!model.head.is_language()) trained.push_back(frozen.back());
  need.gradients = bytes_of(trained);
  add_optimiser(config, trained, need);
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
  need.activations = activation_bytes(model, config) + panel_bytes(model, config);
  if (config.lora.rank > 0) {
    add_adapters(model, config, parameters, need);
  } else {
    add_optimiser(config, parameters, need);
  }
  need.cache = cache_bytes(model, config);
  need.copy = Saver::copy_bytes(config, need.checkpoint);
  return need;
}

MemoryNeed host_memory_need(const ModelConfig& model, const TrainConfig& config) {
  MemoryNeed need = memory_need(model, config);
  if (!config.compute.device) return need;
  need.activations = need.cache = need.copy = 0;
  if (config.ranks == 1) need.gradients = 0;  // ranks share theirs
  return need;
}

void require_memory(const ModelConfig& model, const TrainConfig& config, std::uint64_t available,
                    int ranks) {
  available /= static_cast<std::uint64_t>(ranks);
  if (fits(model, config, available)) return;
  const MemoryNeed need = host_memory_need(model, config);
  const std::string mend = what_would_fit(model, config, available);
  throw Error(ExitCode::failed,
              fmt::format("{} {} of memory, {} of it for activations, and {} are available{}",
                          ranks > 1 ? fmt::format("each of the {} ranks here needs", ranks)
                                    : "the training needs",
                          format_bytes(need.total() + kBesides), format_bytes(need.activations),
                          format_bytes(available), ranks > 1 ? " for each" : ""),
              !mend.empty() ? mend
              : ranks > 1   ? "fewer --ranks, a smaller model, or a larger machine"
                            : "a smaller model, a shorter batch.length, or a larger machine");
}

void require_memory(const ModelConfig& model, const TrainConfig& config, Collective& ranks) {
  if (const auto available = available_memory())
    require_memory(model, config, *available, ranks.here());
  ranks.barrier();
}

}  // namespace aiops::train
