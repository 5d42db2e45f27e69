// SPDX-License-Identifier: Apache-2.0
// What the real cuDNN refuses, and what the fake in front of it catches when a plan is executed.
#include "base/error.hpp"
#include "kernels/cuda/cudnn/attention_plans.hpp"
#include "kernels/cuda/plugin/fault.hpp"
#include "tests/fakes/fixture.hpp"

#include <limits>
#include <map>
#include <optional>

namespace aiops::fakes {
namespace {

using namespace kernels::cuda;
using testing::HasSubstr;

using Pack = std::map<std::int64_t, void*>;

// Attention of two heads, planned once for all tests.
struct Planned {
  Planned() : dnn("") {
    EXPECT_EQ(dnn.cudnnCreate(&handle), CUDNN_STATUS_SUCCESS);
    GraphBuilder builder(dnn);
    build_forward({1, 16, 16, 2, 2, 64, 128, 128}, builder);
    plan.emplace(dnn, builder.finish(handle), Target{.handle = handle});
  }
  kernels::cuda::Cudnn dnn;
  cudnnHandle_t handle = nullptr;
  std::optional<ExecutionPlan> plan;
};

struct Cudnn : OnFakes {
  static Planned& planned() {
    static auto* const one = new Planned;
    return *one;
  }
  void SetUp() override {
    if (const auto why = why_no_cudnn(); !why.empty()) GTEST_SKIP() << why;
    ASSERT_EQ(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
    planned().dnn.cudnnSetStream(planned().handle, stream);
    memory.emplace(gpu, kBytes);
    workspace.emplace(gpu, planned().plan->workspace());
    for (const std::int64_t id : {kQ, kK, kV, kOut, kStats}) pack[id] = memory->data();
    pack[kScale] = &scale;
    pack[kMinusInfinity] = &minus_infinity;
  }
  void TearDown() override {
    if (stream != nullptr) cudaStreamDestroy(stream);
    OnFakes::TearDown();
  }
  bool execute(const Pack& with) {
    std::vector<std::int64_t> ids;
    std::vector<void*> pointers;
    for (const auto& [id, pointer] : with) {
      ids.push_back(id);
      pointers.push_back(pointer);
    }
    try {
      planned().plan->execute(planned().dnn, planned().handle, ids, pointers, workspace->data());
    } catch (const Error&) {
      return false;
    }
    return cudaStreamSynchronize(stream) == cudaSuccess;
  }
  // What the fake says to a pack with one entry changed.
  std::string refusal(std::int64_t id, void* pointer) {
    Pack changed = pack;
    changed[id] = pointer;
    EXPECT_FALSE(execute(changed));
    return complaint();
  }

  static constexpr std::uint64_t kBytes = 2 * 16 * 64 * 2;
  cudaStream_t stream = nullptr;
  std::optional<device::Memory> memory, workspace;
  float scale = 0.125F, minus_infinity = -std::numeric_limits<float>::infinity();
  Pack pack;
};

TEST_F(Cudnn, TakesAPackThatIsRight) { EXPECT_TRUE(execute(pack)); }

TEST_F(Cudnn, RefusesAPackThatLacksATensor) {
  Pack less = pack;
  less.erase(kV);
  EXPECT_FALSE(execute(less));
  EXPECT_THAT(complaint(), HasSubstr("lacks tensor 3"));
}

TEST_F(Cudnn, RefusesWrongPointers) {
  alignas(16) static std::byte host[kBytes];
  const device::Memory small(gpu, kBytes - 2);
  EXPECT_THAT(refusal(99, memory->data()), HasSubstr("tensor 99 that the graph has not"));
  EXPECT_THAT(refusal(kOut, host), HasSubstr("host memory that is not pinned"));
  EXPECT_THAT(refusal(kScale, memory->data()), HasSubstr("must be given by the host"));
  EXPECT_THAT(refusal(kV, small.data()), HasSubstr("2 bytes past an allocation"));
  EXPECT_THAT(refusal(kK, memory->data() + 2), HasSubstr("less aligned"));
  EXPECT_THAT(refusal(kQ, nullptr), HasSubstr("a null pointer"));
}

TEST_F(Cudnn, RefusesDescriptorsThatAreGone) {
  cudnnBackendDescriptor_t tensor = nullptr;
  const auto& dnn = planned().dnn;
  ASSERT_EQ(dnn.cudnnBackendCreateDescriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR, &tensor),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(dnn.cudnnBackendDestroyDescriptor(tensor), CUDNN_STATUS_SUCCESS);
  EXPECT_NE(dnn.cudnnBackendFinalize(tensor), CUDNN_STATUS_SUCCESS);
  EXPECT_THAT(complaint(), HasSubstr("not there"));
  EXPECT_NE(dnn.cudnnBackendDestroyDescriptor(tensor), CUDNN_STATUS_SUCCESS);
  EXPECT_THAT(complaint(), HasSubstr("destroyed twice"));
}

TEST_F(Cudnn, TheRealLibraryRefusesAProductOfUnlikeMatrices) {
  GraphBuilder builder(planned().dnn);
  const TensorShape square{{1, 1, 16, 16}, {256, 256, 16, 1}};
  const TensorShape other{{1, 1, 15, 16}, {240, 240, 16, 1}};
  EXPECT_THROW(
      builder.matmul(builder.memory(1, square, CUDNN_DATA_BFLOAT16),
                     builder.memory(2, other, CUDNN_DATA_BFLOAT16), builder.between(square)),
      Error);
}

TEST_F(Cudnn, ServesOnlyTheForwardPassWithTheSameBitsEachTime) {
  const SdpaShape shape{1, 64, 64, 2, 1, 64, 256, 256};
  AttentionPlans plans("", true);
  EXPECT_TRUE(plans.workspace(Pass::forward, shape).has_value());
  EXPECT_FALSE(plans.workspace(Pass::backward, shape).has_value());
}

TEST(WhyNot, NamesWhatCudnnDoesNotServe) {
  const aiops_attention_shape good{1, 8, 8, 2, 1, 64, 256, 256, nullptr};
  EXPECT_FALSE(why_not(AIOPS_BF16, good));
  EXPECT_THAT(*why_not(AIOPS_F32, good), HasSubstr("bf16 only"));
  const std::int64_t starts[] = {0, 8};
  for (auto [change, why] : {std::pair<void (*)(aiops_attention_shape&), const char*>{
                                 [](auto& s) { s.head_dim = 60; }, "a head of 60"},
                             {[](auto& s) { s.queries = 4; }, "after a cache"},
                             {[](auto& s) { s.kv_stride = 252; }, "multiple of 8"}}) {
    auto shape = good;
    change(shape);
    EXPECT_THAT(*why_not(AIOPS_BF16, shape), HasSubstr(why));
  }
  auto documents = good;
  documents.starts = starts;
  EXPECT_THAT(*why_not(AIOPS_BF16, documents), HasSubstr("documents"));
}

}  // namespace
}  // namespace aiops::fakes
