// SPDX-License-Identifier: Apache-2.0
// The device as a Backend: what the host and operators both write, what a pass is told, and passes
// that are launched as a whole when they are like one before.
#include "kernels/device/backend.hpp"

#include "base/error.hpp"
#include "kernels/twin.hpp"
#include "tests/fakes/fixture.hpp"

#include <algorithm>
#include <thread>

namespace aiops::fakes {
namespace {

using kernels::Backend;
using kernels::Elements;
using kernels::Precision;
using kernels::Twin;
using testing::Each;
using testing::ElementsAre;

constexpr std::int64_t kCount = 64;

class OnBackend : public OnFakes {
 protected:
  std::unique_ptr<Backend> backend_of(Precision precision) {
    return kernels::device::device_backend(
        std::make_shared<const device::Device>(open_plugin(), 0, device::Determinism::on),
        precision);
  }
  void halve(float* value) {
    backend->run(aiops_momentum{.count = kCount,
                                .factors = factors(),
                                .gradient = zeros.data(),
                                .gradient_scale = nullptr,
                                .value = value,
                                .buffer = buffer.data(),
                                .copy = backend->copy_of(value)});
  }
  const aiops_momentum_factors* factors() {
    static constexpr aiops_momentum_factors kFactors{.momentum = 0, .keep = 0.5F, .rate = 1};
    return backend->stage(std::span(&kFactors, 1));
  }
  std::vector<float> read(const kernels::Arena& arena) {
    const auto numbers = backend->read(Elements(arena.data(), sizeof(float)), kCount);
    return {numbers.begin(), numbers.end()};
  }

  std::unique_ptr<Backend> backend = backend_of(Precision::fp32);
  kernels::Arena buffer = backend->memory(kCount), zeros = backend->memory(kCount);
};

TEST_F(OnBackend, MemoryIsZero) { EXPECT_THAT(read(backend->memory(kCount)), Each(0.0F)); }

TEST_F(OnBackend, ATwinBringsEachSideWhatTheOtherWrote) {
  Twin twin(*backend, kCount, Twin::Of::parameters);
  twin.for_host();
  std::ranges::fill(twin.here().span(), 8.0F);
  twin.for_operators();
  EXPECT_THAT(read(twin.there()), Each(8.0F));

  halve(twin.there().data());  // an update
  twin.for_host();
  EXPECT_THAT(twin.here().span(), Each(4.0F));
}

TEST_F(OnBackend, AnUpdateAfterTheHostLookedIsTheNewerSide) {
  Twin twin(*backend, kCount, Twin::Of::parameters);
  twin.for_host();
  std::ranges::fill(twin.here().span(), 8.0F);
  twin.for_operators();
  twin.for_host();  // looks, and writes nothing
  halve(twin.there().data());
  twin.for_operators();
  EXPECT_THAT(read(twin.there()), Each(4.0F));
}

// What is copied stays as it was until it is there, though operators are queued that change it.
TEST_F(OnBackend, ASnapshotHasWhatWasThereWhenItWasTaken) {
  Twin twin(*backend, kCount, Twin::Of::parameters);
  twin.for_host();
  std::ranges::fill(twin.here().span(), 32.0F);
  twin.for_operators();
  for (const float expected : {16.0F, 4.0F, 1.0F}) {
    halve(twin.there().data());
    const auto arrive = backend->snapshot([&] { twin.for_host(); });
    twin.for_operators();  // the host only looks: nothing comes back
    if (expected == 4.0F)
      backend->pass([&] { halve(twin.there().data()); });
    else
      halve(twin.there().data());
    EXPECT_THAT(read(twin.there()), Each(expected / 2));  // the update is done, and so is the copy
    std::thread(arrive).join();
    EXPECT_THAT(twin.here().span(), Each(expected));
  }
}

TEST_F(OnBackend, WhoLooksAfterASnapshotWaitsForIt) {
  Twin twin(*backend, kCount, Twin::Of::parameters);
  twin.for_host();
  std::ranges::fill(twin.here().span(), 8.0F);
  twin.for_operators();
  halve(twin.there().data());
  (void)backend->snapshot([&] { twin.for_host(); });
  twin.for_host();
  EXPECT_THAT(twin.here().span(), Each(4.0F));
  std::ranges::fill(twin.here().span(), 2.0F);
  twin.for_operators();
  EXPECT_THAT(read(twin.there()), Each(2.0F));
}

// Half of it may have been copied, so it counts as copied.
TEST_F(OnBackend, ASnapshotThatFailsIsOver) {
  Twin twin(*backend, kCount, Twin::Of::parameters);
  twin.for_host();
  std::ranges::fill(twin.here().span(), 8.0F);
  twin.for_operators();
  halve(twin.there().data());
  EXPECT_THROW((void)backend->snapshot([&] {
    twin.for_host();
    throw Error(ExitCode::failed, "no memory");
  }),
               Error);
  EXPECT_FALSE(backend->is_taking_snapshot());
  EXPECT_THAT(twin.here().span(), Each(4.0F));
}

TEST_F(OnBackend, ParametersInBf16HaveARoundedCopyThatFollowsThem) {
  const auto rounding = backend_of(Precision::bf16);
  Twin twin(*rounding, kCount, Twin::Of::parameters);
  twin.for_host();
  std::ranges::fill(twin.here().span(), 1.001F);
  twin.for_operators();
  const float* const third = twin.there().data() + 3;
  ASSERT_NE(rounding->rounded(third), third);
  const auto copy = rounding->read(Elements(rounding->copy_of(third), 2), 4);
  EXPECT_THAT(copy, Each(1.0F));
  EXPECT_EQ(backend->copy_of(third), nullptr);
}

// Until the next pass: addresses of other passes may come again, but not before.
TEST_F(OnBackend, StagesWhatAPassIsTold) {
  for (const std::int64_t count : {10, 100000, 10, 300000}) {
    std::vector<float> first(static_cast<std::size_t>(count), 1.5F), second(5, 2.5F);
    backend->begin_staging();
    const float* there = backend->stage(std::span<const float>(first));
    const float* other = backend->stage(std::span<const float>(second));
    std::ranges::fill(first, 0.0F);
    const auto got = backend->read(Elements(const_cast<float*>(there), sizeof(float)), count);
    EXPECT_THAT(got.back(), 1.5F);
    EXPECT_THAT(backend->read(Elements(const_cast<float*>(other), sizeof(float)), 5), Each(2.5F));
  }
}

// The value of what is added is the host's to change between passes: it lies on the device.
TEST_F(OnBackend, APassLikeOneBeforeIsRecordedOnceAndLaunchedAsAWhole) {
  Twin branch(*backend, kCount, Twin::Of::state);
  const kernels::Arena stream = backend->memory(kCount);
  const auto pass = [&](std::int64_t count) {
    const auto work = [&] {
      for (int i = 0; i < 2; ++i)
        backend->run(aiops_residual{.type = AIOPS_F32,
                                    .count = count,
                                    .branch = branch.there().data(),
                                    .stream = stream.data()});
    };
    backend->pass(work);
  };
  float expected = 0;
  std::vector<std::string> how;
  for (int step = 1; step <= 4; ++step) {
    branch.for_host();
    std::ranges::fill(branch.here().span(), static_cast<float>(step));
    branch.for_operators();
    (void)take_graphs();
    pass(kCount);
    const GraphCount graphs = take_graphs();
    how.push_back(std::to_string(graphs.recorded) + " recorded, " +
                  std::to_string(graphs.launched) + " launched");
    expected += 2 * static_cast<float>(step);
    EXPECT_THAT(read(stream), Each(expected)) << "step " << step;
  }
  EXPECT_THAT(how, ElementsAre("0 recorded, 0 launched", "1 recorded, 1 launched",
                               "0 recorded, 1 launched", "0 recorded, 1 launched"));
  (void)take_graphs();
  pass(kCount / 2);  // like none before
  EXPECT_EQ(take_graphs().launched, 0U);
}

TEST_F(OnBackend, APassThatFailsQueuesNothing) {
  const kernels::Arena stream = backend->memory(kCount);
  const auto work = [&] {
    backend->clear(stream.data(), kCount * sizeof(float));
    throw Error(ExitCode::failed, "no");
  };
  (void)read(stream);  // what is queued already
  (void)take_history();
  EXPECT_THROW(backend->pass(work), Error);
  EXPECT_THAT(read(stream), Each(0.0F));
  const std::vector<std::string> ran = take_history();
  EXPECT_EQ(std::ranges::count(ran, "cudaMemsetAsync"), 0);
}

TEST_F(OnBackend, WhatIsNotServedIsAnErrorWithItsReason) {
  aiops_attention_forward wide{.type = AIOPS_F32,
                               .shape = {.sequences = 1,
                                         .queries = 1,
                                         .keys = 1,
                                         .heads = 1,
                                         .kv_heads = 1,
                                         .head_dim = 1000,
                                         .q_stride = 1000,
                                         .kv_stride = 1000,
                                         .starts = nullptr},
                               .q = buffer.data(),
                               .k = buffer.data(),
                               .v = buffer.data(),
                               .out = buffer.data(),
                               .logsumexp = buffer.data()};
  try {
    backend->run(wide);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::no_gpu);
    EXPECT_THAT(error.message, testing::HasSubstr("attention_forward: "));
  }
}

}  // namespace
}  // namespace aiops::fakes
