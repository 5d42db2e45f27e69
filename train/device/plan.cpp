// SPDX-License-Identifier: Apache-2.0
#include "train/device/plan.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "kernels/device/device.hpp"
#include "train/memory_need.hpp"
#include "train/model/tensors.hpp"
#include "train/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace aiops::train {
namespace {

// What a context of CUDA with cuBLASLt and cuDNN loaded has been seen to take by others; ours was
// never on a GPU.
constexpr std::uint64_t kContext = 640u << 20;
constexpr std::uint64_t kProductWorkspace = 32u << 20;  // kernels/cuda/cublaslt/product_plan.cpp
constexpr std::uint64_t kSumPiece = 64u << 20;          // kernels/cuda/plugin/communicator_sum.cpp

std::uint64_t bytes_of(std::int64_t count, std::uint64_t each) {
  return static_cast<std::uint64_t>(count) * each;
}

std::uint64_t element_bytes(Precision precision) { return precision == Precision::bf16 ? 2 : 4; }

// The engine's own layout of a batch, in elements.
struct BatchLayout {
  BatchLayout(const ModelConfig& model, const TrainConfig& config) {
    const Widths width(model);
    const std::int64_t tokens = config.rows * config.length;
    Plan plan;
    plan.rows = config.rows;
    plan.length = config.length;
    plan.keep = config.compute.recompute == Recompute::layers ? Keep::inputs : Keep::all;
    kernels::Layout measured;
    lay_out_plan(model, measured, plan);
    logits = plan.logit_rows * width.vocab;
    gradients = tokens * (2 * width.hidden + std::max(width.qkv, width.up) +
                          std::max(width.query, width.mlp));
    kept = static_cast<std::int64_t>(measured.used()) - logits - gradients;
    // Of cuDNN's backward pass, in fp32: kernels/cuda/cudnn/attention_plans.cpp.
    const bool grouped = model.num_attention_heads != model.num_key_value_heads;
    attention = tokens * model.num_attention_heads + tokens * width.query * (grouped ? 3 : 1);
  }

  std::int64_t kept, gradients, logits, attention;
};

double to_double(std::uint64_t bytes) { return static_cast<double>(bytes); }

}  // namespace

std::uint64_t DeviceMemory::total() const {
  return std::accumulate(
      buffers.begin(), buffers.end(), std::uint64_t{0},
      [](std::uint64_t sum, const DeviceBuffer& one) { return sum + one.bytes; });
}

DeviceMemory device_memory(const ModelConfig& model, const TrainConfig& config) {
  const MemoryNeed need = memory_need(model, config);
  const BatchLayout batch(model, config);
  const std::uint64_t each = element_bytes(config.compute.precision);
  const bool is_frozen = config.lora.rank > 0;
  DeviceMemory memory;
  const auto add = [&](const char* name, std::uint64_t bytes) {
    if (bytes > 0) memory.buffers.push_back({name, bytes});
  };
  // What is trained is kept in fp32, and products read a copy; what is frozen needs the copy only.
  // Adapters are as large as their gradients, which the head of a classifier has too.
  const std::uint64_t frozen = is_frozen ? need.parameters - need.gradients : 0;
  const std::uint64_t trained = need.parameters - frozen;
  add("parameters", frozen / 4 * each + trained);
  if (each != 4) add("parameters in bf16", trained / 4 * each);
  add("gradients", need.gradients);
  add("optimiser", need.optimiser);
  add("activations", bytes_of(batch.kept, each));
  add("their gradients", bytes_of(batch.gradients, each));
  add("logits", bytes_of(batch.logits, each));
  add("attention's scratch", bytes_of(batch.attention, 4));
  add("matrix products' scratch", kProductWorkspace);
  if (config.ranks > 1 && config.deterministic && config.all_reduce != AllReduce::host)
    add("scratch of sums over ranks", std::min(need.gradients, kSumPiece));
  add("CUDA and its libraries", kContext);
  return memory;
}

void require_device(const ModelConfig& model, const TrainConfig& config) {
  if (!config.compute.device) {
    if (config.all_reduce == AllReduce::nccl)
      throw Error(ExitCode::usage, "'all_reduce: nccl' adds gradients on GPUs", "--device cuda");
    return;
  }
  if (!model.head.is_language() && config.compute.precision == Precision::bf16)
    throw Error(ExitCode::usage, "a GPU computes outputs for labels in fp32 only",
                "--set precision=fp32");
  const std::uint64_t bytes = device_memory(model, config).total();
  const auto memory = config.compute.device->memory();
  if (bytes <= memory.free) return;
  const std::int64_t rows = largest_rows(model, config, memory.free);
  throw Error(
      ExitCode::no_gpu,
      fmt::format("the training needs {} of the GPU's memory, and {} of {} are free",
                  format_bytes(bytes), format_bytes(memory.free), format_bytes(memory.total)),
      rows > 0 ? fmt::format("--set batch.rows={}", rows) : "--set recompute=layers");
}

std::int64_t largest_rows(const ModelConfig& model, const TrainConfig& config,
                          std::uint64_t memory) {
  TrainConfig with = config;
  const auto fits = [&](std::int64_t rows) {
    with.rows = rows;
    return device_memory(model, with).total() <= memory;
  };
  if (!fits(1)) return 0;
  std::int64_t low = 1;
  std::int64_t high = 2;
  while (high < std::int64_t{1} << 20 && fits(high)) low = std::exchange(high, 2 * high);
  while (high - low > 1) (fits((low + high) / 2) ? low : high) = (low + high) / 2;
  return low;
}

DeviceTime step_time(const ModelConfig& model, const TrainConfig& config,
                     const kernels::device::GpuModel& gpu) {
  const BatchLayout batch(model, config);
  const MemoryNeed need = memory_need(model, config);
  const std::uint64_t each = element_bytes(config.compute.precision);
  const auto batches = static_cast<double>(config.accumulate);
  DeviceTime time;
  time.flop = flop_per_step(model, config);
  if (config.compute.recompute == Recompute::layers) time.flop *= 4.0 / 3;  // forward once more
  // Weights are read forward and backward; gradients added to; what is kept is written and read.
  const double per_batch = 2 * to_double(need.parameters / 4 * each) +
                           2 * to_double(need.gradients) +
                           2 * to_double(bytes_of(batch.kept + batch.logits, each));
  // The update reads the gradients and reads and writes values and state.
  const double update = 3 * to_double(need.gradients) + 2 * to_double(need.optimiser);
  time.bytes = batches * per_batch + update;
  const bool is_bf16 = config.compute.precision == Precision::bf16;
  time.computing = time.flop / (is_bf16 ? gpu.bf16_flops : gpu.fp32_flops);
  time.moving = time.bytes / gpu.memory_bytes;
  return time;
}

DeviceGeneration generation_on(const ModelConfig& model, Precision precision,
                               const kernels::device::GpuModel& gpu) {
  const std::uint64_t each = element_bytes(precision);
  DeviceGeneration generation;
  generation.weights = model.parameter_count() * each;
  generation.cache = bytes_of(
      2 * Widths(model).key * model.num_hidden_layers * model.max_position_embeddings, each);
  generation.seconds_per_token =
      to_double(generation.weights + generation.cache) / gpu.memory_bytes;
  return generation;
}

}  // namespace aiops::train
