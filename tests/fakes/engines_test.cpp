// SPDX-License-Identifier: Apache-2.0
// The real cuDNN on GPUs that are not there: it must accept the graphs of attention, offer engines
// and finalise a plan for each.
#include "kernels/device/gpu_models.hpp"
#include "tests/fakes/fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace aiops::fakes {
namespace {

using device::GpuModel;
using testing::HasSubstr;

aiops_attention_shape shape_of(std::int64_t kv_heads, std::int64_t head_dim) {
  const std::int64_t width = (8 + 2 * kv_heads) * head_dim;
  return {.sequences = 2,
          .queries = 256,
          .keys = 256,
          .heads = 8,
          .kv_heads = kv_heads,
          .head_dim = head_dim,
          .q_stride = width,
          .kv_stride = width,
          .starts = nullptr};
}

class Engines : public OnFakes, public testing::WithParamInterface<GpuModel> {
 protected:
  void SetUp() override {
    if (const auto why = why_no_cudnn(); !why.empty()) GTEST_SKIP() << why;
  }
  template <typename Parameters>
  aiops_engine ask(const Parameters& parameters) const {
    const auto plugin = open_plugin();
    const aiops_cuda_options options = plugin->options();
    aiops_engine engine{};
    aiops_fault fault{};
    EXPECT_EQ(plugin->api().find_engine(&options, GetParam().description.c_str(),
                                        device::OperatorOf<Parameters>::name, &parameters, &engine,
                                        &fault),
              AIOPS_OK)
        << fault.message;
    return engine;
  }
};

// The kernels that cuDNN loads by name into the fake driver.
std::string kernels_in(const std::filesystem::path& log) {
  std::ifstream file(log);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST_P(Engines, RunAttentionBothWays) {
  const auto log = std::filesystem::path(testing::TempDir()) / (GetParam().name + ".kernels");
  std::filesystem::remove(log);
  ::setenv("FAKE_CUDA_LOG", log.c_str(), 1);
  aiops_attention_forward forward{};
  forward.type = AIOPS_BF16;
  forward.shape = shape_of(2, 64);
  aiops_attention_backward backward{};
  backward.type = AIOPS_BF16;
  backward.shape = shape_of(2, 128);
  for (const aiops_engine& engine : {ask(forward), ask(backward)}) {
    EXPECT_THAT(engine.library, HasSubstr("cuDNN 9."));
    EXPECT_GT(engine.offered, 0) << engine.remark;
    EXPECT_THAT(engine.name, HasSubstr("tensor cores"));
  }
  ::unsetenv("FAKE_CUDA_LOG");
  const std::string kernels = kernels_in(log);
  EXPECT_THAT(kernels, HasSubstr("flash_fprop"));
  EXPECT_THAT(kernels, HasSubstr("flash_bprop"));
  if (GetParam().name == "h100") {
    EXPECT_THAT(kernels, HasSubstr("wgmma"));
  }
  std::filesystem::remove(log);
}

INSTANTIATE_TEST_SUITE_P(Gpus, Engines, testing::ValuesIn(device::gpu_models()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace aiops::fakes
