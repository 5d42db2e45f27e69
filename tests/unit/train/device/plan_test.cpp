// SPDX-License-Identifier: Apache-2.0
#include "train/device/plan.hpp"

#include "tests/unit/train/tiny_model.hpp"
#include "train/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace aiops::train {
namespace {

using kernels::device::gpu_model;

struct DevicePlan : testing::Test {
  DevicePlan() {
    config.rows = 4;
    config.length = 256;
    config.optimiser.kind = OptimiserKind::adamw;
  }
  std::uint64_t bytes(const std::string& name) const {
    const DeviceMemory memory = device_memory(model, config);
    const auto found = std::ranges::find(memory.buffers, name, &DeviceBuffer::name);
    return found == memory.buffers.end() ? 0 : found->bytes;
  }

  ModelConfig model = tiny_config();
  TrainConfig config;
};

TEST_F(DevicePlan, CountsParametersGradientsAndTwoMoments) {
  const std::uint64_t parameters = model.parameter_count() * 4;
  EXPECT_GE(bytes("parameters"), parameters);
  EXPECT_LE(bytes("parameters"), parameters + parameters / 4);  // each tensor on lines of its own
  EXPECT_EQ(bytes("gradients"), bytes("parameters"));
  EXPECT_GE(bytes("optimiser"), 2 * parameters);
  EXPECT_EQ(bytes("parameters in bf16"), 0U);
}

TEST_F(DevicePlan, HalvesActivationsInBf16AndKeepsACopyOfTheParameters) {
  const std::uint64_t activations = bytes("activations");
  config.compute.precision = Precision::bf16;
  EXPECT_EQ(bytes("activations"), activations / 2);
  EXPECT_EQ(bytes("parameters in bf16"), bytes("parameters") / 2);
}

TEST_F(DevicePlan, KeepsLessWhenLayersAreRunAgain) {
  const std::uint64_t kept = bytes("activations");
  const double seconds = step_time(model, config, gpu_model("h100")).computing;
  config.compute.recompute = Recompute::layers;
  EXPECT_LT(bytes("activations"), kept);
  EXPECT_GT(step_time(model, config, gpu_model("h100")).computing, seconds);
}

TEST_F(DevicePlan, CountsTheScratchOfSumsInTheOrderOfTheRanks) {
  constexpr const char* kScratch = "scratch of sums over ranks";
  EXPECT_EQ(bytes(kScratch), 0U);
  config.ranks = 2;
  EXPECT_GT(bytes(kScratch), 0U);
  EXPECT_LE(bytes(kScratch), bytes("gradients"));
  config.deterministic = false;
  EXPECT_EQ(bytes(kScratch), 0U);
}

TEST_F(DevicePlan, FindsTheLargestBatch) {
  const std::uint64_t memory = std::uint64_t{2} << 30;
  const std::int64_t rows = largest_rows(model, config, memory);
  ASSERT_GT(rows, 1);
  config.rows = rows;
  EXPECT_LE(device_memory(model, config).total(), memory);
  config.rows = rows + 1;
  EXPECT_GT(device_memory(model, config).total(), memory);
  EXPECT_EQ(largest_rows(model, config, 1 << 20), 0);
}

TEST_F(DevicePlan, TimesAreWhatTheDatasheetAllows) {
  const auto& gpu = gpu_model("a100");
  const DeviceTime time = step_time(model, config, gpu);
  EXPECT_DOUBLE_EQ(time.flop, flop_per_step(model, config));
  EXPECT_DOUBLE_EQ(time.computing, time.flop / gpu.fp32_flops);
  EXPECT_DOUBLE_EQ(time.moving, time.bytes / gpu.memory_bytes);
  EXPECT_DOUBLE_EQ(time.seconds(), std::max(time.computing, time.moving));
  config.accumulate = 3;
  EXPECT_DOUBLE_EQ(step_time(model, config, gpu).flop, 3 * time.flop);
}

TEST_F(DevicePlan, GeneratingReadsWeightsAndCache) {
  const auto& gpu = gpu_model("h100");
  const DeviceGeneration generation = generation_on(model, Precision::bf16, gpu);
  EXPECT_EQ(generation.weights, 2 * model.parameter_count());
  EXPECT_EQ(generation.cache, 2U * 2 * 2 * 2 * 6 * 300);  // bytes, k and v, layers, heads, size
  EXPECT_GT(generation.seconds_per_token, 0);
}

}  // namespace
}  // namespace aiops::train
