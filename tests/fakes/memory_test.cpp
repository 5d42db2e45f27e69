// SPDX-License-Identifier: Apache-2.0
// What a training is said to take of a GPU's memory is what it takes.
#include "base/thread_pool.hpp"
#include "tests/fakes/fixture.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/device/plan.hpp"
#include "train/model/model.hpp"
#include "train/optimiser/optimiser.hpp"

#include <algorithm>

namespace aiops::fakes {
namespace {

using train::Model;
using train::Precision;
using train::TrainConfig;

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMiB = 1 << 20;

class DeviceMemory : public OnFakes {
 protected:
  DeviceMemory() {
    shape.hidden_size = 64;
    shape.intermediate_size = 160;
    shape.num_attention_heads = shape.num_key_value_heads = 2;
    shape.head_dim = 32;
    shape.vocab_size = 700;
    config.rows = 1;
    config.length = 48;
    config.compute.device = device;
    config.optimiser.kind = train::OptimiserKind::adamw;
  }

  std::uint64_t free() const { return device->memory().free; }

  // What is gone after two steps.
  std::uint64_t taken() {
    const std::uint64_t before = free();
    ThreadPool threads(1);
    train::ModelOptions options = config.compute;
    options.lora = config.lora;
    Model model(shape, threads, options);
    initialise_roughly(model, 3);
    const auto optimiser = make_optimiser(config.optimiser, model.trainable(), model.backend());
    for (int step = 1; step <= 2; ++step) {
      const train::TinyBatch data(config.rows, config.length, 37);
      model.zero_gradients();
      model.forward_backward(data.batch(), 1 / static_cast<float>(data.counted()));
      const double norm = train::gradient_norm(model.gradients(), model.backend());
      optimiser->step(0.02, step, train::clip_factor(norm, 1));
    }
    return before - free();
  }
  // Without what CUDA and its libraries take, which the stand-ins do not.
  std::uint64_t planned() const {
    std::uint64_t bytes = 0;
    for (const auto& [name, buffer] : train::device_memory(shape, config).buffers)
      if (name != "CUDA and its libraries" && name != "matrix products' scratch") bytes += buffer;
    return bytes;
  }
  void expect_planned(const std::string& what) {
    const std::uint64_t real = taken(), said = planned();
    // Scratch of products, what a batch is told, and pages that are not full are little here.
    EXPECT_GE(said + kMiB, real) << what;
    EXPECT_LE(said, real + real / 4 + 16 * kPage) << what;
  }

  train::ModelConfig shape = train::tiny_config();
  TrainConfig config;
  const std::shared_ptr<const device::Device> device =
      std::make_shared<const device::Device>(open_plugin(), 0, device::Determinism::on);
};

TEST_F(DeviceMemory, IsWhatThePlanSays) {
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    config.compute.precision = precision;
    const std::string word = precision == Precision::bf16 ? "bf16" : "fp32";
    for (const std::int64_t vocabulary : {700, 8000}) {
      shape.vocab_size = vocabulary;
      config.lora = {};
      expect_planned("whole, " + word + ", " + std::to_string(vocabulary));
      config.lora = {.rank = 4, .alpha = 8, .targets = {"q_proj", "down_proj"}};
      expect_planned("adapters, " + word + ", " + std::to_string(vocabulary));
    }
  }
}

TEST_F(DeviceMemory, IsThatOfTheWeightsWhereNothingIsTrained) {
  shape.vocab_size = 20000;
  config.compute.precision = Precision::bf16;
  config.compute.purpose = train::Purpose::answering;
  const std::uint64_t before = free();
  ThreadPool threads(1);
  Model model(shape, threads, config.compute);
  initialise_roughly(model, 3);
  const train::TinyBatch text(1, 12, 37);
  EXPECT_EQ(model.forward_cached(text.tokens).size(), 20000U);
  EXPECT_LE(before - free(), 2 * shape.parameter_count() + kMiB);
}

}  // namespace
}  // namespace aiops::fakes
