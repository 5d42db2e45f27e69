// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cublaslt/linear_plans.hpp"

#include "base/error.hpp"
#include "kernels/cuda/cublaslt/product_plan.hpp"

#include <bit>

namespace aiops::kernels::cuda {
namespace {

// The largest power of two up to 256, the alignment of an allocation, that an address is a multiple
// of.
std::uint32_t alignment_of(const void* address) {
  const auto bits = std::bit_cast<std::uintptr_t>(address) | 256;
  return static_cast<std::uint32_t>(bits & (~bits + 1));
}

}  // namespace

Problem::Problem(const Product& p)
    : m(p.m),
      n(p.n),
      k(p.k),
      op_a(p.op_a),
      op_b(p.op_b),
      in(p.in),
      out(p.out),
      epilogue(p.epilogue.kind),
      adds(p.beta != 0),
      align_a(alignment_of(p.a)),
      align_b(alignment_of(p.b)),
      align_c(alignment_of(p.addend())),
      align_d(alignment_of(p.d)),
      align_bias(alignment_of(p.epilogue.bias)),
      align_aux(alignment_of(p.epilogue.aux)) {}

LinearPlans::LinearPlans(std::string_view library_dirs) : lt_(library_dirs) {
  check(lt_, lt_.cublasLtCreate(&handle_), "cublasLtCreate");
}

LinearPlans::~LinearPlans() {
  plans_.clear();
  lt_.cublasLtDestroy(handle_);
}

ProductPlan& LinearPlans::plan(const Product& product) {
  auto& plan = plans_[Problem(product)];
  if (plan == nullptr) plan = std::make_unique<ProductPlan>(lt_, handle_, product);
  return *plan;
}

std::uint64_t LinearPlans::workspace(const Product& product) {
  const std::lock_guard lock(mutex_);
  return plan(product).workspace();
}

void LinearPlans::launch(const Product& product, cudaStream_t stream, void* workspace,
                         std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);  // the descriptors hold the pointers while it is queued
  ProductPlan& found = plan(product);
  if (bytes < found.workspace())
    throw Error(ExitCode::failed, "a matrix product needs " + std::to_string(found.workspace()) +
                                      " bytes of workspace and has " + std::to_string(bytes));
  found.launch(product, stream, workspace);
}

}  // namespace aiops::kernels::cuda
