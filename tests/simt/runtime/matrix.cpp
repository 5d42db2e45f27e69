// SPDX-License-Identifier: Apache-2.0
// Tensor cores: the fragments of 32 lanes become matrices, are multiplied in double precision and
// rounded once. The hardware sums in an order of its own and keeps fewer bits: tolerances allow it.
#include "tests/simt/runtime/collective.hpp"
#include "tests/simt/runtime/report.hpp"
#include "tests/simt/runtime/shadow.hpp"
#include "tests/simt/runtime/shared_memory.hpp"

#include <bit>
#include <cstring>

namespace aiops::simt {
namespace {

constexpr int kM = 16;
constexpr int kN = 8;

struct ProductOperands : Collective {
  float* d;
  const std::uint32_t* a;
  const std::uint32_t* b;
  const float* c;
};

float bfloat16(std::uint32_t bits) { return std::bit_cast<float>(bits << 16U); }

// A 32-bit register of a fragment holds PerRegister neighbours of a row of A (a column of B).
// Register i begins at row g (+8 where i is odd) and column PerRegister · t (+4 · PerRegister in
// the second half): this is both of the layouts that kernels/cuda/layer/matrix.cuh draws.
template <int PerRegister>
struct Fragments {
  static constexpr int kK = 8 * PerRegister;

  static float element(std::uint32_t bits, int i) {
    if constexpr (PerRegister == 1) return std::bit_cast<float>(bits & 0xFFFFE000U);
    return bfloat16(i == 0 ? bits & 0xFFFFU : bits >> 16U);
  }

  void gather(int lane, const ProductOperands& mine) {
    const int g = lane / 4;
    const int t = lane % 4;
    for (int r = 0; r < 4; ++r)
      for (int i = 0; i < PerRegister; ++i)
        a[g + 8 * (r % 2)][PerRegister * (t + 4 * (r / 2)) + i] = element(mine.a[r], i);
    for (int r = 0; r < 2; ++r)
      for (int i = 0; i < PerRegister; ++i)
        b[PerRegister * (t + 4 * r) + i][g] = element(mine.b[r], i);
    for (int i = 0; i < 4; ++i) c[g + 8 * (i / 2)][2 * t + i % 2] = mine.c[i];
  }

  void multiply() {
    for (int row = 0; row < kM; ++row)
      for (int column = 0; column < kN; ++column) {
        double sum = static_cast<double>(c[row][column]);
        for (int k = 0; k < kK; ++k)
          sum += static_cast<double>(a[row][k]) * static_cast<double>(b[k][column]);
        c[row][column] = static_cast<float>(sum);
      }
  }

  float a[kM][kK], b[kK][kN], c[kM][kN];
};

template <int PerRegister>
void complete_product(const Collective::Lanes& lanes, int) {
  Fragments<PerRegister> fragments{};
  for (int lane = 0; lane < kLanes; ++lane) {
    const auto* mine = lane_of<ProductOperands>(lanes, lane);
    if (mine == nullptr) {
      report(Fault::mask, "a lane has exited before the whole warp's mma.sync");
      return;
    }
    fragments.gather(lane, *mine);
  }
  fragments.multiply();
  for (int lane = 0; lane < kLanes; ++lane)
    for (int i = 0; i < 4; ++i)
      lane_of<ProductOperands>(lanes, lane)->d[i] =
          fragments.c[lane / 4 + 8 * (i / 2)][2 * (lane % 4) + i % 2];
}

struct MatrixOperands : Collective {
  const char* row;
  std::uint32_t* fragment;
  int matrices;
  Layout layout;
};

const char* row_of(const Collective::Lanes& lanes, int matrix, int row) {
  return lane_of<MatrixOperands>(lanes, 8 * matrix + row)->row;
}

void complete_ldmatrix(const Collective::Lanes& lanes, int) {
  for (int lane = 0; lane < kLanes; ++lane)
    if (lanes[static_cast<std::size_t>(lane)] == nullptr) {
      report(Fault::mask, "a lane has exited before the whole warp's ldmatrix");
      return;
    }
  for (int lane = 0; lane < kLanes; ++lane) {
    const auto* mine = lane_of<MatrixOperands>(lanes, lane);
    const int g = lane / 4;
    const int t = lane % 4;
    for (int matrix = 0; matrix < mine->matrices; ++matrix) {
      std::uint16_t pair[2];
      for (int i = 0; i < 2; ++i) {
        const bool turned = mine->layout == Layout::transposed;
        const int row = turned ? 2 * t + i : g;
        const int column = turned ? g : 2 * t + i;
        std::memcpy(&pair[i], row_of(lanes, matrix, row) + 2 * column, sizeof pair[i]);
      }
      mine->fragment[matrix] = std::uint32_t{pair[1]} << 16U | pair[0];
    }
  }
}

}  // namespace

void mma(Product product, float* d, const std::uint32_t* a, const std::uint32_t* b, const float* c,
         Site site) {
  ProductOperands mine{
      {product == Product::bf16_m16n8k16 ? complete_product<2> : complete_product<1>, 0xFFFFFFFFU,
       site},
      d,
      a,
      b,
      c};
  meet(mine);
}

void ldmatrix(std::uint32_t* fragment, const void* row, int matrices, Layout layout, Site site) {
  constexpr std::size_t kRow = 16;
  if (machine.current->lane() < 8 * matrices) {
    if (!in_shared_memory(static_cast<const char*>(row))) {
      report(Fault::host_pointer, text("ldmatrix from %p, which is no shared memory", row),
             AIOPS_CALLER);
      stop_launch();
    }
    check(row, kRow, Access::read, AIOPS_CALLER);
  }
  MatrixOperands mine{{complete_ldmatrix, 0xFFFFFFFFU, site},
                      static_cast<const char*>(row),
                      fragment,
                      matrices,
                      layout};
  meet(mine);
}

}  // namespace aiops::simt
