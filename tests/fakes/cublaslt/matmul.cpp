// SPDX-License-Identifier: Apache-2.0
// The heuristic, and the product itself.
#include "tests/fakes/cublaslt/objects.hpp"
#include "tests/fakes/cudart/fake_cudart.hpp"
#include "tests/fakes/numbers.hpp"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace aiops::fakes {
namespace {

constexpr std::uint64_t kMagic = 0x6661'6b65'206c'7421;
constexpr std::uint64_t kWorkspace = 4096;  // so that callers have to bring one

// What an algorithm remembers of the problem that it was chosen for.
struct Choice {
  std::uint64_t magic, fingerprint;
  std::uint32_t align_a, align_b, align_c, align_d;
  std::uint64_t workspace;
};
static_assert(sizeof(Choice) <= sizeof(cublasLtMatmulAlgo_t));

struct Pointers {
  const void *a, *b, *c;
  void *d, *workspace;
};

std::size_t bytes_of(const MatrixLayout& layout) {
  const auto elements = static_cast<std::uint64_t>(layout.ld) * (layout.columns - 1) + layout.rows;
  return elements * size_of(layout.type);
}

std::size_t aux_bytes(const Problem& p) {
  return (static_cast<std::uint64_t>(p.operation.aux_ld) * (p.n() - 1) + p.m()) * size_of(p.d.type);
}

bool is_aligned(const void* pointer, std::uint64_t to) {
  return reinterpret_cast<std::uintptr_t>(pointer) % to == 0;
}

std::string pointer_fault(const Problem& p, const Choice& choice, const Pointers& at) {
  if (!is_aligned(at.a, choice.align_a) || !is_aligned(at.b, choice.align_b) ||
      !is_aligned(at.c, choice.align_c) || !is_aligned(at.d, choice.align_d))
    return "a matrix is less aligned than the heuristic was promised";
  if (choice.workspace > 0 && !is_aligned(at.workspace, 256))
    return "the workspace is not aligned to 256 bytes";
  if (!is_aligned(p.operation.bias, size_of(p.d.type))) return "the bias is not aligned";
  return {};
}

// Element (i, j) of op(X), which lies by columns.
double element(const void* x, const MatrixLayout& layout, bool transposed, std::uint64_t i,
               std::uint64_t j) {
  if (transposed) std::swap(i, j);
  return read_number(x, layout.type, i + j * static_cast<std::uint64_t>(layout.ld));
}

// What becomes of one element of the product, with the epilogue.
double finish(const Problem& p, double value, std::uint64_t i, std::uint64_t j) {
  const Operation& o = p.operation;
  const std::uint64_t aux = i + j * static_cast<std::uint64_t>(o.aux_ld);
  if (p.adds_bias()) value += read_number(o.bias, p.d.type, i);
  if (p.keeps_gelu_input()) {
    write_number(o.aux, p.d.type, aux, value);
  }
  if (p.applies_gelu()) return gelu(value);
  if (p.reads_gelu_input()) return value * gelu_slope(read_number(o.aux, p.d.type, aux));
  return value;
}

void sum_bias(const Problem& p, const Pointers& at) {
  for (std::uint64_t j = 0; j < p.n(); ++j) {
    double sum = 0;
    for (std::uint64_t q = 0; q < p.k(); ++q) sum += element(at.b, p.b, p.is_transposed_b(), q, j);
    write_number(const_cast<void*>(p.operation.bias), p.d.type, j, sum);
  }
}

// FAKE_CUBLASLT_WRONG: a library that computes something else, for whoever must notice.
void multiply(const Problem& p, const Pointers& at, double alpha, double beta) {
  if (std::getenv("FAKE_CUBLASLT_WRONG") != nullptr) alpha *= 1.1;
  for (std::uint64_t j = 0; j < p.n(); ++j)
    for (std::uint64_t i = 0; i < p.m(); ++i) {
      double sum = 0;
      for (std::uint64_t q = 0; q < p.k(); ++q)
        sum += element(at.a, p.a, p.is_transposed_a(), i, q) *
               element(at.b, p.b, p.is_transposed_b(), q, j);
      double value = alpha * sum;
      if (beta != 0) value += beta * element(at.c, p.c, false, i, j);
      write_number(at.d, p.d.type, i + j * static_cast<std::uint64_t>(p.d.ld),
                   finish(p, value, i, j));
    }
  if (p.sums_bias()) sum_bias(p, at);
}

// What the device will touch: bytes past an allocation are found out when it is queued.
std::vector<Range> ranges_of(const Problem& p, const Choice& choice, const Pointers& at) {
  std::vector<Range> ranges{
      {at.a, bytes_of(p.a)}, {at.b, bytes_of(p.b)}, {at.c, bytes_of(p.c)}, {at.d, bytes_of(p.d)}};
  if (choice.workspace > 0) ranges.push_back({at.workspace, choice.workspace});
  if (p.adds_bias() || p.sums_bias())
    ranges.push_back({p.operation.bias, p.bias_elements() * size_of(p.d.type)});
  if (p.operation.aux != nullptr) ranges.push_back({p.operation.aux, aux_bytes(p)});
  return ranges;
}

std::vector<Range> written_of(const Problem& p, const Pointers& at) {
  std::vector<Range> ranges{{at.d, bytes_of(p.d)}};
  if (p.sums_bias()) ranges.push_back({p.operation.bias, p.bias_elements() * size_of(p.d.type)});
  if (p.keeps_gelu_input()) ranges.push_back({p.operation.aux, aux_bytes(p)});
  return ranges;
}

// The problem of a call, when everything it names is there.
bool gather(cublasLtHandle_t handle, cublasLtMatmulDesc_t operation, cublasLtMatrixLayout_t a,
            cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
            Problem& problem) {
  const auto* o = operations().find(operation);
  const MatrixLayout* all[] = {layouts().find(a), layouts().find(b), layouts().find(c),
                               layouts().find(d)};
  if (handles().find(handle) == nullptr || o == nullptr) return false;
  for (const auto* layout : all)
    if (layout == nullptr) return false;
  problem = {*o, *all[0], *all[1], *all[2], *all[3]};
  return true;
}

}  // namespace
}  // namespace aiops::fakes

using namespace aiops::fakes;

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t handle,
                                              cublasLtMatmulDesc_t operation,
                                              cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                              cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                                              cublasLtMatmulPreference_t preference, int most,
                                              cublasLtMatmulHeuristicResult_t results[],
                                              int* found) {
  Problem problem;
  const Preference* preferred = preferences().find(preference);
  if (preferred == nullptr || most < 1 || !gather(handle, operation, a, b, c, d, problem))
    return refuse("the heuristic is asked with what is not there");
  if (const auto fault = fault_of(problem); !fault.empty()) return refuse(fault);
  const Choice choice{kMagic,
                      fingerprint(problem),
                      preferred->align_a,
                      preferred->align_b,
                      preferred->align_c,
                      preferred->align_d,
                      preferred->most_workspace < kWorkspace ? 0 : kWorkspace};
  results[0] = {};
  std::memcpy(&results[0].algo, &choice, sizeof choice);
  results[0].workspaceSize = choice.workspace;
  results[0].state = CUBLAS_STATUS_SUCCESS;
  *found = 1;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t handle, cublasLtMatmulDesc_t operation,
                              const void* alpha, const void* a, cublasLtMatrixLayout_t a_layout,
                              const void* b, cublasLtMatrixLayout_t b_layout, const void* beta,
                              const void* c, cublasLtMatrixLayout_t c_layout, void* d,
                              cublasLtMatrixLayout_t d_layout, const cublasLtMatmulAlgo_t* algo,
                              void* workspace, size_t workspace_bytes, cudaStream_t stream) {
  Problem problem;
  if (!gather(handle, operation, a_layout, b_layout, c_layout, d_layout, problem))
    return refuse("a product with a handle or descriptor that is not there");
  if (const auto fault = fault_of(problem); !fault.empty()) return refuse(fault);
  if (algo == nullptr) return refuse("a product without an algorithm");
  Choice choice{};
  std::memcpy(&choice, algo, sizeof choice);
  if (choice.magic != kMagic || choice.fingerprint != fingerprint(problem))
    return refuse("an algorithm that was chosen for another problem");
  if (workspace_bytes < choice.workspace) return refuse("less workspace than the algorithm needs");
  const Pointers at{a, b, c, d, workspace};
  if (const auto fault = pointer_fault(problem, choice, at); !fault.empty()) return refuse(fault);
  float scale = 0;
  float keep = 0;
  std::memcpy(&scale, alpha, sizeof scale);
  std::memcpy(&keep, beta, sizeof keep);
  if (keep != 0 && (problem.applies_gelu() || problem.reads_gelu_input()))
    return refuse("a GELU of a product that is added to is not modelled");
  const auto run = [=] {
    if (choice.workspace > 0) std::memset(workspace, 0xFF, choice.workspace);
    multiply(problem, at, static_cast<double>(scale), static_cast<double>(keep));
  };
  const cudaError_t status = enqueue(stream, {.what = "cublasLtMatmul",
                                              .touches = ranges_of(problem, choice, at),
                                              .writes = written_of(problem, at),
                                              .run = run});
  return status == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}
