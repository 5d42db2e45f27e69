// SPDX-License-Identifier: Apache-2.0
// A training step allocates nothing once the first has planned its arenas: no page faults, no
// allocator in the way of the threads, and a memory use known before the run.
#include "tests/unit/train/allocation_count.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/optimiser/adamw.hpp"

#include <gtest/gtest.h>

namespace aiops::train {
namespace {

TEST(Allocation, NoneInAStepAfterTheFirst) {
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(1);
  AdamW optimiser(model.parameters(), {}, model.backend());
  const auto gradients = model.gradients();
  const TinyBatch data(2, 65, 37);
  std::size_t before = 0;
  for (std::int64_t step = 1; step <= 3; ++step) {
    before = allocation_count();
    model.zero_gradients();
    model.forward_backward(data.batch(), 1.0F);
    const double norm = gradient_norm(gradients, model.backend());
    optimiser.step(1e-3, step, clip_factor(norm, 1.0));
  }
  EXPECT_EQ(allocation_count(), before);
}

TEST(Allocation, NoneForATokenOfGeneration) {
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(1);
  const TinyBatch data(1, 40, 37);
  const std::span<const std::int32_t> tokens(data.tokens);
  model.forward_cached(tokens.first(30));
  model.forward_cached(tokens.subspan(30, 1));
  const std::size_t before = allocation_count();
  model.forward_cached(tokens.subspan(31, 1));
  EXPECT_EQ(allocation_count(), before);
}

}  // namespace
}  // namespace aiops::train
