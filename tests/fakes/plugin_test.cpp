// SPDX-License-Identifier: Apache-2.0
// The plug-in from within: finding libraries, choosing code, and keeping plans.
#include "base/error.hpp"
#include "kernels/cuda/cublaslt/linear_plans.hpp"
#include "kernels/cuda/plugin/fault.hpp"
#include "kernels/cuda/plugin/inspection.hpp"
#include "kernels/cuda/plugin/library.hpp"
#include "kernels/cuda/plugin/runtime.hpp"
#include "tests/fakes/fixture.hpp"

#include <cstring>

namespace aiops::fakes {
namespace {

using namespace kernels::cuda;
using testing::EndsWith;
using testing::HasSubstr;

TEST(Code, IsTheNewestThatTheGpuRuns) {
  constexpr const char* kAll = "sm_80 sm_86 sm_89 sm_90 sm_100 compute_80";
  EXPECT_EQ(code_for(kAll, 8, 0), "sm_80");
  EXPECT_EQ(code_for(kAll, 8, 7), "sm_86");
  EXPECT_EQ(code_for(kAll, 9, 0), "sm_90");
  EXPECT_EQ(code_for(kAll, 12, 0), "PTX of compute_80");
  EXPECT_EQ(code_for(kAll, 7, 5), "");
  EXPECT_EQ(code_for("sm_90a compute_90", 9, 0), "sm_90a");
  EXPECT_EQ(code_for("sm_90a", 10, 0), "");
  EXPECT_EQ(code_for("", 9, 0), "");
}

TEST(Versions, AreWrittenWithDots) {
  EXPECT_EQ(dotted_version(130100, 10000), "13.1.0");
  EXPECT_EQ(dotted_version(91900, 10000), "9.19.0");
  EXPECT_EQ(version_text(13000), "13.0");
}

TEST(Libraries, AreFoundWhereTheUserHasThem) {
  const LibraryName name{"a library", "libodd_plugin.so", "install it"};
  const Library library(name, std::string("/nowhere::") + AIOPS_FAKES);
  EXPECT_THAT(library.path(), EndsWith("/libodd_plugin.so"));
  void (*function)() = nullptr;
  library.bind(function, "aiops_cuda_plugin");
  EXPECT_NE(function, nullptr);
  try {
    library.bind(function, "no_such_function");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.message, HasSubstr("has no function no_such_function"));
  }
}

TEST(Libraries, ThatAreMissingAreNamedWithTheMend) {
  try {
    const Library library({"a library", "libnobody_has_this.so.1", "install it"}, "");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::no_gpu);
    EXPECT_THAT(error.message, HasSubstr("libnobody_has_this.so.1"));
    EXPECT_EQ(error.mend, "install it");
  }
}

TEST(Interface, APlugInOfAnotherVersionIsRefused) {
  try {
    device::Plugin::open({.plugin = AIOPS_FAKES "/libodd_plugin.so", .library_dirs = {}});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::no_gpu);
    EXPECT_THAT(error.message, HasSubstr("another version"));
    EXPECT_FALSE(error.mend.empty());
  }
}

TEST(Interface, LongTextsAreCutAndNothingIsThrownAcrossIt) {
  aiops_fault fault{};
  EXPECT_EQ(guarded(&fault, [] { throw Error(ExitCode::no_gpu, std::string(2000, 'x'), "mend"); }),
            AIOPS_NO_GPU);
  EXPECT_EQ(std::strlen(fault.message), sizeof fault.message - 1);
  EXPECT_STREQ(fault.mend, "mend");
  EXPECT_EQ(guarded(&fault, [] { throw Unsupported{"not this"}; }), AIOPS_UNSUPPORTED);
  EXPECT_EQ(guarded(&fault, [] { throw std::bad_alloc(); }), AIOPS_FAILED);
  EXPECT_EQ(guarded(nullptr, [] { throw std::runtime_error("x"); }), AIOPS_FAILED);
}

TEST_F(OnFakes, AProductIsPlannedOnceForEachProblem) {
  LinearPlans plans("");
  const device::Memory memory(gpu, 4096);
  Product product{.m = 8,
                  .n = 8,
                  .k = 8,
                  .a = memory.data(),
                  .b = memory.data() + 256,
                  .d = memory.data() + 512,
                  .epilogue = {}};
  plans.workspace(product);
  product.a = memory.data() + 1024;
  plans.workspace(product);
  EXPECT_EQ(plans.size(), 1U);
  product.a = memory.data() + 1024 + 4;  // a promise less
  plans.workspace(product);
  EXPECT_EQ(plans.size(), 2U);
  EXPECT_THROW(plans.launch(product, nullptr, nullptr, 0), Error);  // without its workspace
}

TEST_F(OnFakes, AGeluInputWithOddRowsIsLeftToAnother) {
  aiops_linear_forward forward{};
  forward.rows = 2;
  forward.in = 8;
  forward.out = 12;
  forward.activation = AIOPS_GELU;
  const device::Memory memory(gpu, 4096);
  forward.x = forward.weight = memory.data();
  forward.pre_activation = forward.y = memory.data();
  const auto plan = gpu.plan(forward);
  EXPECT_FALSE(plan.is_served);
  EXPECT_THAT(plan.why_not, HasSubstr("multiple of 8"));
  forward.rows = 0;
  EXPECT_THROW(gpu.plan(forward), Error);
}

}  // namespace
}  // namespace aiops::fakes
