// SPDX-License-Identifier: Apache-2.0
// A round of Newton's and Schulz's iteration is three products, and what kernels/newton_schulz.hpp
// adds element by element they add themselves: A = X X^T, S = c A A + b A, next = S X + a X; for a
// tall X from the other side. To cuBLASLt, which counts in columns first, X is X^T; A and S are
// symmetric.
#include "kernels/newton_schulz.hpp"

#include "base/error.hpp"
#include "kernels/cuda/cublaslt/linear_plans.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

#include <algorithm>
#include <array>

namespace aiops::kernels::cuda {
namespace {

// The scratch: A, S, then that of the products, each aligned as an allocation is.
struct Scratch {
  explicit Scratch(const NewtonSchulz& shape) {
    const auto side = static_cast<std::uint64_t>(shape.side());
    square_bytes = (side * side * sizeof(float) + 255) / 256 * 256;
  }
  std::byte* gram(void* base) const { return at(base, 0); }
  std::byte* square(void* base) const { return at(base, square_bytes); }
  std::byte* products(void* base) const { return at(base, squares()); }
  std::uint64_t squares() const { return 2 * square_bytes; }

  std::uint64_t square_bytes;

 private:
  // While a plan is made there is none: a null pointer stands for an aligned one.
  static std::byte* at(void* base, std::uint64_t offset) {
    return base == nullptr ? nullptr : static_cast<std::byte*>(base) + offset;
  }
};

NewtonSchulz shape_of(const aiops_newton_schulz& p) {
  Arguments("newton_schulz").array("x", p.x).array("next", p.next);
  if (p.rows < 1 || p.columns < 1)
    throw Error(ExitCode::failed, "newton_schulz: a matrix of " + std::to_string(p.rows) + " x " +
                                      std::to_string(p.columns));
  return {.rows = p.rows, .columns = p.columns};
}

std::array<Product, 3> products_of(const aiops_newton_schulz& p, const NewtonSchulz& shape,
                                   void* scratch) {
  const Scratch places(shape);
  const std::int64_t side = shape.side();
  const bool is_tall = p.rows > p.columns;
  void* const gram = places.gram(scratch);
  void* const square = places.square(scratch);
  const auto a = static_cast<float>(p.a), b = static_cast<float>(p.b), c = static_cast<float>(p.c);
  return {Product{.m = side,
                  .n = side,
                  .k = std::max(p.rows, p.columns),
                  .op_a = is_tall ? CUBLAS_OP_N : CUBLAS_OP_T,
                  .op_b = is_tall ? CUBLAS_OP_T : CUBLAS_OP_N,
                  .a = p.x,
                  .b = p.x,
                  .d = gram},
          Product{.m = side,
                  .n = side,
                  .k = side,
                  .alpha = c,
                  .beta = b,
                  .a = gram,
                  .b = gram,
                  .c = gram,
                  .d = square},
          Product{.m = p.columns,
                  .n = p.rows,
                  .k = side,
                  .beta = a,
                  .a = is_tall ? square : p.x,
                  .b = is_tall ? p.x : square,
                  .c = p.x,
                  .d = p.next}};
}

}  // namespace

std::uint64_t workspace(aiops_device& device, const aiops_newton_schulz& p) {
  const NewtonSchulz shape = shape_of(p);
  std::uint64_t most = 0;
  for (const Product& one : products_of(p, shape, nullptr))
    most = std::max(most, device.linear().workspace(one));
  return Scratch(shape).squares() + most;
}

void launch(const Place& place, const aiops_newton_schulz& p) {
  const NewtonSchulz shape = shape_of(p);
  const Scratch places(shape);
  Arguments("newton_schulz").scratch(place.workspace_bytes, places.squares());
  for (const Product& one : products_of(p, shape, place.workspace))
    place.device.linear().launch(one, place.stream, places.products(place.workspace),
                                 place.workspace_bytes - places.squares());
}

}  // namespace aiops::kernels::cuda
