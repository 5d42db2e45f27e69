// SPDX-License-Identifier: Apache-2.0
// What `aiops device selftest` runs on a GPU, through the plug-in on the fakes. The graphs of
// attention are those that the real cuDNN accepted.
#include "kernels/device/checks/checks.hpp"
#include "tests/fakes/fixture.hpp"

namespace aiops::fakes {
namespace {

using device::CheckResult;
using State = CheckResult::State;

TEST_F(OnFakes, OperatorsAgreeWithTheReference) {
  device::Workbench bench(gpu);
  for (const auto& check : device::device_checks()) check.run(bench);
  std::size_t attention = 0;
  for (const CheckResult& result : bench.results()) {
    const std::string what = result.name + ", " + result.shape + ", " + result.type;
    const bool is_attention = result.name.starts_with("attention");
    attention += is_attention && result.state == State::agrees ? 1 : 0;
    if (is_attention && (result.type == "fp32" || !why_no_cudnn().empty())) {
      EXPECT_EQ(result.state, State::not_served) << what << ": " << result.remark;
      continue;
    }
    EXPECT_EQ(result.state, State::agrees)
        << what << ": error " << result.error << ", " << result.remark;
  }
  if (!why_no_cudnn().empty()) GTEST_SKIP() << "attention was left out: " << why_no_cudnn();
  EXPECT_GE(attention, 7U);
}

}  // namespace
}  // namespace aiops::fakes
