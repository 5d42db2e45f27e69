// SPDX-License-Identifier: Apache-2.0
// What the fake cuBLASLt catches: a product that is right, and then wrong in one way after the
// other.
#include "tests/fakes/fixture.hpp"

#include <cublasLt.h>
#include <dlfcn.h>

#include <functional>

namespace aiops::fakes {
namespace {

using testing::HasSubstr;

// D (m × n) = A^T B, with a bias and the GELU's input kept; every part may be replaced before
// run().
struct Call {
  explicit Call(const device::Device& gpu)
      : a(gpu, 16 * 8 * 4),
        b(gpu, 16 * 4 * 4),
        d(gpu, 8 * 4 * 4),
        bias(gpu, 8 * 4),
        aux(gpu, 8 * 4 * 4),
        workspace(gpu, 4096) {
    cublasLtCreate(&handle);
    cublasLtMatmulDescCreate(&operation, CUBLAS_COMPUTE_32F, CUDA_R_32F);
    set(CUBLASLT_MATMUL_DESC_TRANSA, std::int32_t{CUBLAS_OP_T});
    set(CUBLASLT_MATMUL_DESC_EPILOGUE, std::uint32_t{CUBLASLT_EPILOGUE_GELU_AUX_BIAS});
    set<const void*>(CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias.data());
    set<void*>(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, aux.data());
    set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, std::int64_t{8});
    cublasLtMatrixLayoutCreate(&a_layout, CUDA_R_32F, 16, 8, 16);
    cublasLtMatrixLayoutCreate(&b_layout, CUDA_R_32F, 16, 4, 16);
    cublasLtMatrixLayoutCreate(&d_layout, CUDA_R_32F, 8, 4, 8);
    cublasLtMatmulPreferenceCreate(&preference);
    const std::uint64_t most = 4096;
    cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                         &most, sizeof most);
    cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    pointers = {a.data(), b.data(), d.data(), workspace.data()};
  }
  ~Call() {
    cudaStreamDestroy(stream);
    cublasLtMatmulPreferenceDestroy(preference);
    for (auto* layout : {a_layout, b_layout, d_layout}) cublasLtMatrixLayoutDestroy(layout);
    cublasLtMatmulDescDestroy(operation);
    cublasLtDestroy(handle);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  template <typename Value>
  cublasStatus_t set(cublasLtMatmulDescAttributes_t attribute, const Value& value) {
    return cublasLtMatmulDescSetAttribute(operation, attribute, &value, sizeof value);
  }
  cublasStatus_t choose() {
    int found = 0;
    return cublasLtMatmulAlgoGetHeuristic(handle, operation, a_layout, b_layout, d_layout, d_layout,
                                          preference, 1, &choice, &found);
  }
  cublasStatus_t run() {
    const float one = 1;
    return cublasLtMatmul(handle, operation, &one, pointers.a, a_layout, pointers.b, b_layout,
                          &beta, pointers.d, d_layout, pointers.d, d_layout, &choice.algo,
                          pointers.workspace, workspace_bytes, stream);
  }

  device::Memory a, b, d, bias, aux, workspace;
  cublasLtHandle_t handle = nullptr;
  cublasLtMatmulDesc_t operation = nullptr;
  cublasLtMatrixLayout_t a_layout = nullptr, b_layout = nullptr, d_layout = nullptr;
  cublasLtMatmulPreference_t preference = nullptr;
  cublasLtMatmulHeuristicResult_t choice{};
  cudaStream_t stream = nullptr;
  float beta = 0;
  std::size_t workspace_bytes = 4096;
  struct {
    void *a, *b, *d, *workspace;
  } pointers{};
};

struct Mistake {
  const char* name;
  const char* complaint;
  std::function<cublasStatus_t(Call&)> make;  // gives the status of the call that must refuse
};

// The call after a good choice of algorithm.
Mistake at_launch(const char* name, const char* complaint, std::function<void(Call&)> spoil) {
  return {name, complaint, [=](Call& call) {
            EXPECT_EQ(call.choose(), CUBLAS_STATUS_SUCCESS);
            spoil(call);
            return call.run();
          }};
}

void relayout(cublasLtMatrixLayout_t& layout, std::uint64_t rows, std::uint64_t columns) {
  cublasLtMatrixLayoutDestroy(layout);
  cublasLtMatrixLayoutCreate(&layout, CUDA_R_32F, rows, columns, static_cast<std::int64_t>(rows));
}

const Mistake kMistakes[] = {
    {"LeadingDimension", "16 rows, 15 apart",
     [](Call&) {
       cublasLtMatrixLayout_t layout = nullptr;
       return cublasLtMatrixLayoutCreate(&layout, CUDA_R_32F, 16, 8, 15);
     }},
    {"UnknownType", "a layout of type",
     [](Call&) {
       cublasLtMatrixLayout_t layout = nullptr;
       return cublasLtMatrixLayoutCreate(&layout, CUDA_R_8I, 16, 8, 16);
     }},
    {"AttributeSize", "of 8 bytes, not 4",
     [](Call& call) { return call.set(CUBLASLT_MATMUL_DESC_TRANSA, std::int64_t{0}); }},
    {"UnknownAttribute", "is not modelled",
     [](Call& call) { return call.set(CUBLASLT_MATMUL_DESC_FAST_ACCUM, std::int8_t{1}); }},
    {"UnknownEpilogue", "epilogue 2 is not modelled",
     [](Call& call) {
       call.set(CUBLASLT_MATMUL_DESC_EPILOGUE, std::uint32_t{CUBLASLT_EPILOGUE_RELU});
       return call.choose();
     }},
    {"InnerDimension", "op(A) is 8 x 16, op(B) is 15 x 4",
     [](Call& call) {
       relayout(call.b_layout, 15, 4);
       return call.choose();
     }},
    {"OutputShape", "D is 4 x 8, not 8 x 4",
     [](Call& call) {
       relayout(call.d_layout, 4, 8);
       return call.choose();
     }},
    {"MissingBias", "without its bias",
     [](Call& call) {
       call.set<const void*>(CUBLASLT_MATMUL_DESC_BIAS_POINTER, nullptr);
       return call.choose();
     }},
    {"AuxiliaryRows", "columns are 12 apart",
     [](Call& call) {
       call.set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, std::int64_t{12});
       return call.choose();
     }},
    at_launch("DeadLayout", "not there",
              [](Call& call) {
                cublasLtMatrixLayoutDestroy(call.a_layout);
                call.a_layout = nullptr;
              }),
    at_launch("AnotherProblem", "chosen for another problem",
              [](Call& call) {
                call.set(CUBLASLT_MATMUL_DESC_EPILOGUE, std::uint32_t{CUBLASLT_EPILOGUE_DEFAULT});
              }),
    at_launch("SmallWorkspace", "less workspace", [](Call& call) { call.workspace_bytes = 4095; }),
    at_launch("UnalignedWorkspace", "not aligned to 256",
              [](Call& call) {
                call.pointers.workspace = static_cast<std::byte*>(call.pointers.workspace) + 16;
              }),
    at_launch("UnalignedMatrix", "less aligned than the heuristic was promised",
              [](Call& call) { call.pointers.b = static_cast<std::byte*>(call.pointers.b) + 4; }),
    at_launch("GeluOfASum", "GELU of a product that is added to",
              [](Call& call) { call.beta = 1; })};

class CublasLt : public OnFakes, public testing::WithParamInterface<Mistake> {};

TEST_P(CublasLt, RefusesAMistake) {
  Call call(gpu);
  EXPECT_NE(GetParam().make(call), CUBLAS_STATUS_SUCCESS);
  if (call.a_layout == nullptr) cublasLtMatrixLayoutCreate(&call.a_layout, CUDA_R_32F, 16, 8, 16);
  EXPECT_THAT(complaint(), HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(Mistakes, CublasLt, testing::ValuesIn(kMistakes),
                         [](const auto& one) { return std::string(one.param.name); });

TEST_F(OnFakes, CublasLtTakesTheProductThatIsRight) {
  Call call(gpu);
  ASSERT_EQ(call.choose(), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(call.run(), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(cudaStreamSynchronize(call.stream), cudaSuccess);
}

TEST_F(OnFakes, CublasLtRefusesMemoryThatTheDeviceCannotReach) {
  Call call(gpu);
  ASSERT_EQ(call.choose(), CUBLAS_STATUS_SUCCESS);
  alignas(256) static float host[8 * 4];
  call.pointers.d = host;
  EXPECT_NE(call.run(), CUBLAS_STATUS_SUCCESS);
  EXPECT_THAT(complaint(), HasSubstr("host memory that is not pinned"));
  const device::Memory small(gpu, 8 * 4 * 4 - 4);
  call.pointers.d = small.data();
  EXPECT_NE(call.run(), CUBLAS_STATUS_SUCCESS);
  EXPECT_THAT(complaint(), HasSubstr("4 bytes past an allocation"));
}

// The real library's descriptors work without a driver: on them the fake must answer as it does.
TEST(RealCublasLt, AnswersAboutDescriptorsAsTheFakeDoes) {
  void* const library = ::dlopen(AIOPS_REAL_CUBLASLT, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) GTEST_SKIP() << "there is no real cuBLASLt";
  const auto real = [&]<typename F>(F*, const char* name) {
    return reinterpret_cast<F*>(::dlsym(library, name));
  };
#define BOTH(name) \
  { name, real(name, #name) }
  decltype(&cublasLtMatmulDescCreate) create[] = BOTH(cublasLtMatmulDescCreate);
  decltype(&cublasLtMatmulDescDestroy) destroy[] = BOTH(cublasLtMatmulDescDestroy);
  decltype(&cublasLtMatmulDescSetAttribute) set[] = BOTH(cublasLtMatmulDescSetAttribute);
#undef BOTH
  cublasStatus_t answers[2][9]{};
  const std::uint64_t value = 0;
  for (const int which : {0, 1}) {
    cublasLtMatmulDesc_t operation = nullptr;
    cublasStatus_t* answer = answers[which];
    *answer++ = create[which](&operation, CUBLAS_COMPUTE_32F, CUDA_R_32F);
    for (const auto& [attribute, size] : {std::pair(CUBLASLT_MATMUL_DESC_TRANSA, 4),
                                          {CUBLASLT_MATMUL_DESC_TRANSA, 8},
                                          {CUBLASLT_MATMUL_DESC_EPILOGUE, 4},
                                          {CUBLASLT_MATMUL_DESC_EPILOGUE, 1},
                                          {CUBLASLT_MATMUL_DESC_BIAS_POINTER, 8},
                                          {CUBLASLT_MATMUL_DESC_BIAS_POINTER, 4},
                                          {CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, 8},
                                          {CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, 4}})
      *answer++ = set[which](operation, attribute, &value, static_cast<std::size_t>(size));
    destroy[which](operation);
  }
  EXPECT_THAT(answers[0], testing::ElementsAreArray(answers[1]));
  take_complaints();
}

}  // namespace
}  // namespace aiops::fakes
