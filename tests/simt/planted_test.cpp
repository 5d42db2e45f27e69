// SPDX-License-Identifier: Apache-2.0
// Every planted bug is found by both executors, in every order of threads, as what it is; its sound
// twin gives no report.
#include "tests/simt/planted/planted.hpp"

#include "tests/simt/object/kernels_ptx.hpp"
#include "tests/simt/runtime/device.hpp"
#include "tests/simt/runtime/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <ostream>

namespace aiops::simt {
namespace {

using namespace planted;

struct Bug {
  const char* name;
  kernels::cuda::LaunchStatus (*launch)(Variant, const float*, float*, const float*);
  Fault fault;
};
void PrintTo(const Bug& bug, std::ostream* out) { *out << bug.name; }

const Bug kBugs[] = {
    {"missing_barrier", missing_barrier, Fault::race},
    {"missing_reload_barrier", missing_reload_barrier, Fault::race},
    {"missing_stage_barrier", missing_stage_barrier, Fault::race},
    {"divergent_barriers", divergent_barriers, Fault::diverged},
    {"wrong_mask", wrong_mask, Fault::deadlock},
    {"left_out_of_mask", left_out_of_mask, Fault::mask},
    {"shuffle_from_nobody", shuffle_from_nobody, Fault::shuffle},
    {"missing_warp_barrier", missing_warp_barrier, Fault::race},
    {"partial_warp_barrier", partial_warp_barrier, Fault::race},
    {"lost_atomic", lost_atomic, Fault::race},
    {"racing_blocks", racing_blocks, Fault::race},
    {"early_wait", early_wait, Fault::asynchronous},
    {"out_of_bounds", out_of_bounds, Fault::out_of_bounds},
    {"out_of_shared_bounds", out_of_shared_bounds, Fault::out_of_bounds},
    {"uninitialised_shared", uninitialised_shared, Fault::uninitialised},
    {"misaligned_pack", misaligned_pack, Fault::misaligned},
    {"host_pointer", host_pointer, Fault::host_pointer},
};

class PlantedBug : public testing::TestWithParam<Bug> {
 protected:
  std::vector<Report> run(Variant variant, Order order, Engine* engine) {
    options() = {.order = order, .seed = 3, .engine = engine};
    const std::vector<float> ones(kElements, 1.0F);
    const auto host = std::make_unique<float[]>(kElements);
    const std::size_t bytes = kElements * sizeof(float);
    auto* in = static_cast<float*>(allocate(bytes, "in"));
    auto* out = static_cast<float*>(allocate(bytes, "out"));
    copy_to_device(in, ones.data(), bytes);
    fill(out, 0, bytes);
    const auto status = GetParam().launch(variant, in, out, host.get());
    EXPECT_TRUE(status.ok() || variant == Variant::faulty) << status.reason;
    release(in);
    release(out);
    options() = {};
    return take_reports();
  }

  void expect_to_find(Engine* engine) {
    for (const Order order : {Order::forward, Order::reverse, Order::random}) {
      for (const Report& report : run(Variant::sound, order, engine))
        ADD_FAILURE() << "in the sound kernel: " << describe(report);
      std::string all;
      bool found = false;
      for (const Report& report : run(Variant::faulty, order, engine)) {
        found = found || report.fault == GetParam().fault;
        all += describe(report) + "\n";
      }
      EXPECT_TRUE(found) << "order " << static_cast<int>(order) << ", reports:\n" << all;
    }
  }
};

TEST_P(PlantedBug, IsFoundInTheSource) { expect_to_find(nullptr); }

TEST_P(PlantedBug, IsFoundInThePtx) {
  static ptx::PtxEngine engine;
  static const bool loaded = load_ptx(engine, "planted");
  if (!loaded) GTEST_SKIP() << "no nvcc made PTX of the kernels";
  expect_to_find(&engine);
}

INSTANTIATE_TEST_SUITE_P(Kernels, PlantedBug, testing::ValuesIn(kBugs),
                         [](const auto& bug) { return std::string(bug.param.name); });

}  // namespace
}  // namespace aiops::simt
