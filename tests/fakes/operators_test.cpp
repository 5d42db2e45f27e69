// SPDX-License-Identifier: Apache-2.0
// What `aiops device selftest` runs on a GPU, through the plug-in on the fakes: kernels of our own
// by the executor of their source, with all its checks, and graphs of attention that the real cuDNN
// accepted.
#include "base/error.hpp"
#include "kernels/device/checks/checks.hpp"
#include "tests/fakes/fixture.hpp"

#include <algorithm>
#include <set>
#include <span>

namespace aiops::fakes {
namespace {

using device::CheckResult;
using testing::HasSubstr;
using State = CheckResult::State;

bool ran(const std::vector<std::string>& history, const std::string& what) {
  return std::ranges::any_of(
      history, [&](const std::string& one) { return one.find(what) != std::string::npos; });
}

class Operators : public OnFakes {
 protected:
  void expect_all_agree(const device::Device& on) {
    device::Workbench bench(on);
    for (const auto& check : device::device_checks()) check.run(bench);
    for (const CheckResult& result : bench.results()) {
      checked_.insert(result.name);
      EXPECT_EQ(result.state, State::agrees)
          << result.name << ", " << result.shape << ", " << result.type << ": error "
          << result.error << ", " << result.remark;
    }
  }
  std::set<std::string> checked_;
};

TEST_F(Operators, OfThePlugInAgreeWithTheReference) {
  expect_all_agree(gpu);
  const aiops_cuda_api& api = gpu.api();
  for (const aiops_operator& one : std::span(api.operator_table, api.operators))
    EXPECT_TRUE(checked_.contains(one.name)) << one.name << " has no check";
}

TEST_F(Operators, AgreeInAnotherOrderOfThreads) {
  set_thread_order(ThreadOrder::shuffled, 5);
  expect_all_agree(gpu);
}

TEST_F(Operators, AttentionIsCudnnsWhereItServesElseOurOwn) {
  if (const auto why = why_no_cudnn(); !why.empty()) GTEST_SKIP() << why;
  device::Workbench bench(gpu);
  device::check_attention(bench);
  const auto history = take_history();
  EXPECT_TRUE(ran(history, "cudnnBackendExecute"));
  EXPECT_TRUE(ran(history, "attention_forward_kernel<float"));
  EXPECT_TRUE(ran(history, "attention_q_gradient_kernel<float"));
  EXPECT_TRUE(ran(history, "attention_forward_kernel<aiops::kernels::cuda::BFloat16, 32>"));
  EXPECT_FALSE(ran(history, "attention_forward_kernel<aiops::kernels::cuda::BFloat16, 64>"));
}

TEST_F(Operators, AttentionIsOurOwnAloneWhereThatIsAskedFor) {
  const device::Device own(open_plugin(), 0, device::Determinism::off, device::Kernels::own);
  device::Workbench bench(own);
  device::check_attention(bench);
  for (const CheckResult& result : bench.results())
    EXPECT_EQ(result.state, State::agrees) << result.shape;
  const auto history = take_history();
  EXPECT_FALSE(ran(history, "cudnnBackendExecute"));
  EXPECT_TRUE(ran(history, "attention_forward_kernel<aiops::kernels::cuda::BFloat16, 64>"));
}

TEST_F(Operators, AttentionIsTheLibrarysAloneWhereThatIsAskedFor) {
  if (const auto why = why_no_cudnn(); !why.empty()) GTEST_SKIP() << why;
  const device::Device library(open_plugin(), 0, device::Determinism::off,
                               device::Kernels::library);
  device::Workbench bench(library);
  device::check_attention(bench);
  std::size_t served = 0;
  for (const CheckResult& result : bench.results()) {
    EXPECT_NE(result.state, State::differs) << result.shape;
    if (result.state == State::agrees) ++served;
    if (result.type == "fp32") {
      EXPECT_THAT(result.remark, HasSubstr("bf16 only"));
    }
  }
  EXPECT_GT(served, 0U);
  const auto history = take_history();
  EXPECT_TRUE(ran(history, "cudnnBackendExecute"));
  EXPECT_FALSE(ran(history, "attention_forward_kernel"));
}

TEST_F(Operators, AttentionThatMustBeRepeatableGoesForwardByCudnnAndBackByOurOwn) {
  if (const auto why = why_no_cudnn(); !why.empty()) GTEST_SKIP() << why;
  const device::Device repeatable(open_plugin(), 0, device::Determinism::on);
  device::Workbench bench(repeatable);
  device::check_attention(bench);
  for (const CheckResult& result : bench.results())
    EXPECT_EQ(result.state, State::agrees) << result.shape;
  const auto history = take_history();
  EXPECT_TRUE(ran(history, "cudnnBackendExecute"));
  EXPECT_FALSE(ran(history, "attention_forward_kernel<aiops::kernels::cuda::BFloat16, 64>"));
  EXPECT_TRUE(ran(history, "attention_q_gradient_kernel<aiops::kernels::cuda::BFloat16"));
}

TEST_F(Operators, AreQueuedAndRunInTheOrderOfTheirStream) {
  constexpr std::int64_t kCount = 300;
  device::Workbench bench(gpu);
  const device::Array branch = bench.put(device::Numbers(kCount, 2), device::Type::fp32);
  const device::Array sum = bench.put(device::Numbers(kCount, 1), device::Type::fp32);
  const aiops_residual add{
      .type = AIOPS_F32, .count = kCount, .branch = branch.data(), .stream = sum.data()};
  take_history();
  bench.stream().launch(add);
  bench.stream().fill(branch.data(), 0, branch.bytes());
  bench.stream().launch(add);
  EXPECT_TRUE(take_history().empty());
  EXPECT_THAT(bench.read(sum), testing::Each(3.0));
  EXPECT_TRUE(ran(take_history(), "residual_add_kernel"));
}

TEST_F(Operators, KeepTheirMemoryUntilTheyRan) {
  device::Workbench bench(gpu);
  const device::Array x = bench.put(device::Numbers(64, 1), device::Type::fp32);
  {
    const device::Array out = bench.room(64, device::Type::fp32);
    bench.stream().synchronise();
    bench.stream().launch(
        aiops_gelu_forward{.type = AIOPS_F32, .count = 64, .x = x.data(), .out = out.data()});
  }
  EXPECT_THAT(complaint(), HasSubstr("queued work touch what is freed"));
  bench.stream().synchronise();
}

// What the executor finds in a kernel is a fault of the device.
TEST_F(Operators, ThatReadPastAnArrayAreFaults) {
  device::Workbench bench(gpu);
  const device::Array x = bench.put(device::Numbers(64, 1), device::Type::fp32);
  const device::Array out = bench.room(65, device::Type::fp32);
  bench.stream().launch(
      aiops_gelu_forward{.type = AIOPS_F32, .count = 65, .x = x.data(), .out = out.data()});
  EXPECT_THROW(bench.stream().synchronise(), Error);
  EXPECT_THAT(complaint(), testing::AllOf(HasSubstr("out of bounds: read of 4 bytes"),
                                          HasSubstr("gelu_forward_kernel")));
}

TEST_F(Operators, ThatReadWhatNobodyWroteAreFaults) {
  const device::Memory x(gpu, 256);
  const device::Memory out(gpu, 256);
  device::Stream stream(gpu);
  stream.launch(
      aiops_gelu_forward{.type = AIOPS_F32, .count = 64, .x = x.data(), .out = out.data()});
  EXPECT_THROW(stream.synchronise(), Error);
  EXPECT_THAT(take_complaints(), testing::Contains(HasSubstr("uninitialised")));
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message;
  }
  return "nothing was thrown";
}

TEST_F(Operators, LookAtTheirParametersBeforeTheyRun) {
  const device::Memory memory(gpu, 4096);
  device::Stream stream(gpu);
  aiops_gelu_forward gelu{.type = AIOPS_F32, .count = 64, .x = memory.data(), .out = memory.data()};
  gelu.x = nullptr;
  EXPECT_EQ(message_of([&] { gpu.plan(gelu); }), "gelu_forward: x is a null pointer");
  gelu.x = memory.data() + 2;
  EXPECT_EQ(message_of([&] { stream.launch(gelu); }),
            "gelu_forward: x is not aligned to its elements of 4 bytes");
  gelu.type = 7;
  EXPECT_EQ(message_of([&] { stream.launch(gelu); }),
            "gelu_forward: there is no type of elements 7");
  gelu.type = AIOPS_BF16;
  gelu.count = -1;
  EXPECT_EQ(message_of([&] { stream.launch(gelu); }), "gelu: too many elements");
  const aiops_gradient_norm norm{
      .count = 8, .values = memory.as<float>(), .squares = memory.as<double>()};
  EXPECT_EQ(message_of([&] { stream.launch(norm); }),
            "gradient_norm: needs 8192 bytes of workspace and has 0");
}

TEST_F(Operators, OfAttentionAreRefusedWhereNobodyServesThem) {
  const device::Memory memory(gpu, 4096);
  aiops_attention_forward forward{};
  forward.shape = {.sequences = 1,
                   .queries = 1,
                   .keys = 1,
                   .heads = 1,
                   .kv_heads = 1,
                   .head_dim = 264,
                   .q_stride = 264,
                   .kv_stride = 264,
                   .starts = nullptr};
  forward.q = forward.k = forward.v = forward.out = memory.data();
  forward.logsumexp = memory.as<float>();
  const auto plan = gpu.plan(forward);
  EXPECT_FALSE(plan.is_served);
  EXPECT_THAT(plan.why_not, HasSubstr("heads of more than 256"));
}

}  // namespace
}  // namespace aiops::fakes
