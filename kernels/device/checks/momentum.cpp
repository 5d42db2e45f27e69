// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/momentum.hpp"

#include "kernels/device/checks/checks.hpp"

namespace aiops::kernels::device {
namespace {

constexpr MomentumConstants kConstants{.learning_rate = 0.1, .weight_decay = 0.2};

void update(Workbench& bench, std::int64_t count) {
  const Numbers value = bench.numbers(count, Type::fp32);
  const Numbers gradient = bench.numbers(count, Type::fp32);
  const Numbers buffer = bench.numbers(count, Type::fp32);
  const Array factors =
      bench.put({kConstants.momentum, 1 - kConstants.learning_rate * kConstants.weight_decay,
                 kConstants.learning_rate},
                Type::fp32);
  const Array there_gradient = bench.put(gradient, Type::fp32);
  const Array there = bench.put(value, Type::fp32);
  const Array there_buffer = bench.put(buffer, Type::fp32);
  const aiops_momentum parameters{.count = count,
                                  .factors = factors.as<aiops_momentum_factors>(),
                                  .gradient = there_gradient.floats(),
                                  .gradient_scale = nullptr,
                                  .value = there.floats(),
                                  .buffer = there_buffer.floats(),
                                  .copy = nullptr};
  const auto expected = reference::momentum(kConstants, value, gradient, buffer);
  bench.check(std::to_string(count) + " values", Type::fp32, parameters,
              {{there, expected.value}, {there_buffer, expected.buffer}});
}

void look_ahead(Workbench& bench, std::int64_t count) {
  const Numbers value = bench.numbers(count, Type::fp32);
  const Numbers gradient = bench.numbers(count, Type::fp32);
  const Numbers buffer = bench.numbers(count, Type::fp32);
  const Array there_gradient = bench.put(gradient, Type::fp32);
  const Array there_buffer = bench.put(buffer, Type::fp32);
  const Array direction = bench.room(count, Type::fp32);
  const std::string text = std::to_string(count) + " values";
  const auto expected = reference::nesterov(kConstants, value, gradient, buffer);
  bench.check(text, Type::fp32,
              aiops_nesterov{.momentum = kConstants.momentum,
                             .count = count,
                             .gradient = there_gradient.floats(),
                             .gradient_scale = nullptr,
                             .buffer = there_buffer.floats(),
                             .direction = direction.floats()},
              {{there_buffer, expected.buffer}});

  const Array factors =
      bench.put({1 - kConstants.learning_rate * kConstants.weight_decay, kConstants.learning_rate},
                Type::fp32);
  const Array there = bench.put(value, Type::fp32);
  const Array copy = bench.room(count, Type::bf16);
  bench.check(text, Type::bf16,
              aiops_follow{.count = count,
                           .factors = factors.as<aiops_follow_factors>(),
                           .direction = direction.floats(),
                           .value = there.floats(),
                           .copy = copy.data()},
              {{there, expected.value}, {copy, expected.value}});
}

}  // namespace

void check_momentum(Workbench& bench) {
  for (const std::int64_t count : {1, 1024, 1031}) {
    update(bench, count);
    look_ahead(bench, count);
  }
}

}  // namespace aiops::kernels::device
