// SPDX-License-Identifier: Apache-2.0
// A training step allocates nothing once the first has planned its arenas: no page faults, no
// allocator in the way of the threads, and a memory use known before the run. This test replaces
// the program's operator new by one that counts.
#include "kernels/gemm.hpp"
#include "tests/unit/train/tiny_model.hpp"
#include "train/adamw.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>

namespace {
std::atomic<std::size_t> allocations{0};
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace aiops::train {
namespace {

// The portable product keeps panels for each thread, made when the thread first takes part.
#define SKIP_WITH_PORTABLE_PRODUCT() \
  if (std::string(kernels::gemm_engine()) == "portable") GTEST_SKIP() << "no OpenBLAS"

TEST(Allocation, NoneInAStepAfterTheFirst) {
  SKIP_WITH_PORTABLE_PRODUCT();
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(1);
  AdamW optimiser(model.parameters(), {}, threads);
  const TinyBatch data(2, 65, 37);
  std::size_t before = 0;
  for (std::int64_t step = 1; step <= 3; ++step) {
    before = allocations;
    model.zero_gradients();
    model.forward_backward(data.batch(), 1.0F);
    clip_gradients(model.parameters(), 1.0, threads);
    optimiser.step(1e-3, step);
  }
  EXPECT_EQ(allocations, before);
}

TEST(Allocation, NoneForATokenOfGeneration) {
  SKIP_WITH_PORTABLE_PRODUCT();
  ThreadPool threads(2);
  Model model(tiny_config(), threads);
  model.initialise(1);
  const TinyBatch data(1, 40, 37);
  const std::span<const std::int32_t> tokens(data.tokens);
  model.forward_cached(tokens.first(30));
  model.forward_cached(tokens.subspan(30, 1));
  const std::size_t before = allocations;
  model.forward_cached(tokens.subspan(31, 1));
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace aiops::train
