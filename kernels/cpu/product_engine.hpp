// SPDX-License-Identifier: Apache-2.0
// What a CPU gives to matrix products. An engine is a register tile and the packing that feeds it;
// everything else (blocks, threads, edges of C) is the same for all and lives in packed_product.cpp
// and gemm.cpp.
//
// An operand is packed into panels: `height` rows of op(A), or as many columns of op(B), depth
// outermost: panel[element][row]. An element is four bytes: one float, or, where the CPU multiplies
// bfloat16, two neighbours along the depth. Rows past the operand and the odd neighbour are zeros,
// so the tile has one shape and any m, n, k fit.
//
// Each element of C is the same sequence of multiply-adds wherever it lies in a tile and however C
// is cut, so the bits of a product do not depend on the number of threads.
#pragma once

#include "kernels/cpu/prefetch.hpp"
#include "kernels/gemm.hpp"

#include <cstdint>
#include <span>

namespace aiops::kernels {

// Rows of op(A), or columns of op(B), by the distances between neighbours. One of the steps is 1.
struct Operand {
  const float* data = nullptr;
  std::int64_t row_step = 0, depth_step = 0;
  Operand from(std::int64_t row, std::int64_t depth) const {
    return {data + row * row_step + depth * depth_step, row_step, depth_step};
  }
};

// The rows of op(A), and the columns of op(B), of row-major arrays whose rows as stored lie `lda`
// and `ldb` apart.
inline Operand rows_of(const float* a, std::int64_t lda, Transpose transpose) {
  return transpose == Transpose::yes ? Operand{a, 1, lda} : Operand{a, lda, 1};
}
inline Operand columns_of(const float* b, std::int64_t ldb, Transpose transpose) {
  return transpose == Transpose::yes ? Operand{b, ldb, 1} : Operand{b, 1, ldb};
}

// The part of C that a register tile writes: C = alpha · sums, or C += alpha · sums, and then plus
// the bias of its columns where there is one.
struct OutputTile {
  float* c = nullptr;
  std::int64_t stride = 0;
  std::int64_t rows = 0, columns = 0;  // at most the engine's
  float alpha = 1;
  Accumulate accumulate = Accumulate::no;
  const float* bias = nullptr;
};

// Packs `rows` × `depth` of an operand. Panels are written up to the next multiple of kPackedRows,
// or of the height.
inline constexpr std::int64_t kPackedRows = 16;
using Pack = void(const Operand& x, std::int64_t rows, std::int64_t depth, float* panels);
// One register tile from one panel of each operand, `elements` deep. Asks for what comes next once
// in kAskEvery elements.
inline constexpr std::int64_t kAskEvery = 4;
using MultiplyPanels = void(std::int64_t elements, const float* a, const float* b,
                            const OutputTile& to, Prefetch& next);

struct ProductEngine {
  const char* name;
  std::int64_t rows, columns;     // of the register tile: the heights of A's and B's panels
  std::int64_t depth;             // of a block along k, so that B's panel stays in the L2 cache
  std::int64_t depth_of_element;  // 1, or 2 neighbours of bfloat16
  Pack *pack_a, *pack_b;
  MultiplyPanels* multiply;

  std::int64_t elements(std::int64_t k) const {
    return (k + depth_of_element - 1) / depth_of_element;
  }
  // Rows that packing `rows` of them may write.
  static std::int64_t room(std::int64_t rows) { return (rows + 47) / 48 * 48; }
};

// The instruction sets that there are engines for, each containing those before it.
enum class InstructionSet { portable, avx2, avx512, avx512_bf16 };

// Those that this CPU has, the best last.
std::span<const InstructionSet> available_instruction_sets();

// The engine for products of `precision`: the best that this CPU has, unless a test limits it.
const ProductEngine& product_engine(Precision precision);

// For tests: products use nothing past `most` while this lives. Not while products run.
class InstructionLimit {
 public:
  explicit InstructionLimit(InstructionSet most);
  ~InstructionLimit();
  InstructionLimit(const InstructionLimit&) = delete;
  InstructionLimit& operator=(const InstructionLimit&) = delete;

 private:
  InstructionSet before_;
};

// One engine per instruction set and precision. The CPU must have the instructions.
const ProductEngine& portable_engine(Precision precision);
#if defined(__x86_64__)
const ProductEngine& avx2_engine(Precision precision);
const ProductEngine& avx512_engine(Precision precision);
const ProductEngine& avx512_bf16_engine();
#endif

}  // namespace aiops::kernels
