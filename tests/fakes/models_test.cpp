// SPDX-License-Identifier: Apache-2.0
// Three steps of small models of every family, on the device and by the engine on the CPU: the
// operators fit together, and say the same bits again in whatever order threads and streams run.
#include "base/thread_pool.hpp"
#include "kernels/gradient_norm.hpp"
#include "tests/fakes/fixture.hpp"
#include "tests/fakes/model/device_model.hpp"
#include "tests/unit/train/tiny_model.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <ostream>
#include <tuple>

namespace aiops::train {

void PrintTo(const Family& family, std::ostream* out) { *out << describe(family).model_type; }

}  // namespace aiops::train

namespace aiops::fakes {
namespace {

using train::Family;
using train::Model;
using train::TinyBatch;

constexpr std::uint64_t kSeed = 3;
constexpr std::int64_t kRows = 2, kLength = 9;
constexpr int kSteps = 3;
constexpr kernels::AdamWConstants kAdamW{.learning_rate = 0.02, .weight_decay = 0.1};
constexpr float kMaxNorm = 0.5F;

TinyBatch batch_of(int step) { return {kRows, kLength, 37, static_cast<std::uint64_t>(step)}; }

float scale_of(const TinyBatch& batch) { return 1 / static_cast<float>(batch.counted()); }

struct Trained {
  std::vector<double> losses;
  std::vector<float> values;
};

// AdamW on the CPU, with the state of every parameter by its name.
class Optimiser {
 public:
  explicit Optimiser(ThreadPool& threads) : threads_(threads) {}

  void step(Model& model, int number) {
    double squares = 0;
    for (const train::Parameter& one : model.parameters())
      squares += kernels::squared_norm(one.gradient, threads_);
    EXPECT_GT(std::sqrt(squares), kMaxNorm) << "nothing is clipped";
    for (const train::Parameter& one : model.parameters()) {
      kernels::AdamWConstants constants = kAdamW;
      constants.gradient_factor = kMaxNorm / static_cast<float>(std::sqrt(squares));
      if (!one.decay) constants.weight_decay = 0;
      auto& [m, v] = state_[one.name];
      m.resize(one.value.size());
      v.resize(one.value.size());
      kernels::adamw_update(constants, number, one.value, one.gradient, m, v, threads_);
    }
  }

 private:
  ThreadPool& threads_;
  std::map<std::string, std::pair<std::vector<float>, std::vector<float>>> state_;
};

Trained on_the_cpu(Family family, Type type) {
  ThreadPool threads(1);
  const auto precision = type == Type::bf16 ? train::Precision::bf16 : train::Precision::fp32;
  Model model(train::tiny_config_of(family), threads, {.precision = precision});
  train::initialise_roughly(model, kSeed);
  Optimiser optimiser(threads);
  Trained trained;
  for (int step = 1; step <= kSteps; ++step) {
    const TinyBatch batch = batch_of(step);
    model.zero_gradients();
    trained.losses.push_back(model.forward_backward(batch.batch(), scale_of(batch)));
    optimiser.step(model, step);
  }
  return trained;
}

Trained on_the_device(const device::Device& gpu, Family family, Type type) {
  ThreadPool threads(1);
  Model from(train::tiny_config_of(family), threads);
  train::initialise_roughly(from, kSeed);
  DeviceModel model(gpu, from, kRows, kLength, type);
  const auto free = gpu.memory().free;
  Trained trained;
  for (int step = 1; step <= kSteps; ++step) {
    const TinyBatch batch = batch_of(step);
    trained.losses.push_back(model.step(batch.batch(), step, kAdamW, scale_of(batch), kMaxNorm));
    EXPECT_EQ(gpu.memory().free, free) << "a step allocates";
  }
  trained.values = model.values();
  return trained;
}

class Models : public OnFakes, public testing::WithParamInterface<std::tuple<Family, Type>> {
 protected:
  const device::Device repeatable{open_plugin(), 0, device::Determinism::on};
};

// Once more in another order of threads and streams: the same bits.
TEST_P(Models, LearnOnTheDeviceAsOnTheCpu) {
  const auto [family, type] = GetParam();
  const Trained expected = on_the_cpu(family, type);
  const Trained trained = on_the_device(repeatable, family, type);
  double largest = 0;
  for (std::size_t step = 0; step < expected.losses.size(); ++step) {
    const double error = std::abs(trained.losses[step] / expected.losses[step] - 1);
    EXPECT_LE(error, type == Type::bf16 ? 2e-2 : 1e-3) << "step " << step + 1;
    largest = std::max(largest, error);
  }
  RecordProperty("largest_relative_error", std::to_string(largest));

  set_thread_order(ThreadOrder::shuffled, 4);
  set_order(Order::eager);
  const Trained again = on_the_device(repeatable, family, type);
  EXPECT_EQ(again.losses, trained.losses);
  EXPECT_EQ(again.values, trained.values);
}

INSTANTIATE_TEST_SUITE_P(Families, Models,
                         testing::Combine(testing::ValuesIn(train::kAllFamilies),
                                          testing::Values(Type::fp32, Type::bf16)),
                         [](const auto& one) {
                           return std::string(train::describe(std::get<0>(one.param)).model_type) +
                                  "_" + device::name_of(std::get<1>(one.param));
                         });

}  // namespace
}  // namespace aiops::fakes
