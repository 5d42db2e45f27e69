// SPDX-License-Identifier: Apache-2.0
// Tensor cores, the instructions of sm_80. A warp multiplies together; every lane holds a fragment.
// With g = lane / 4 and t = lane % 4, and two bfloat16 in a register, the lower row or column in
// its lower half:
//
//   mma_bf16, 16×8×16   A  a[0] (g, 2t)   a[1] (g+8, 2t)   a[2] (g, 2t+8)   a[3] (g+8, 2t+8)
//                       B  b[0] (2t, g)   b[1] (2t+8, g)
//   mma_tf32, 16×8×8    A  a[0] (g, t)    a[1] (g+8, t)    a[2] (g, t+4)    a[3] (g+8, t+4)
//                       B  b[0] (t, g)    b[1] (t+4, g)
//   both                C  c[0] (g, 2t)   c[1] (g, 2t+1)   c[2] (g+8, 2t)   c[3] (g+8, 2t+1)
//
// are (row, column) of A, which is m×k, B, which is k×n, and C, which is m×n.
//
// ldmatrix<N> fetches N (1, 2 or 4) matrices of 8×8 16-bit elements from shared memory. Lane 8m + r
// names row r of matrix m: 16 bytes at a multiple of 16. Register m becomes the elements (g, 2t)
// and (g, 2t+1) of matrix m, or of its transpose.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#if !defined(__CUDACC__)
#include "kernels/cuda/layer/words.cuh"
#endif

namespace aiops::kernels::cuda {

#if defined(__CUDACC__)

#define AIOPS_LDMATRIX(name, modifier)                                                            \
  template <int N>                                                                                \
  __device__ __forceinline__ void name(std::uint32_t(&r)[N], const void* row) {                   \
    static_assert(N == 1 || N == 2 || N == 4);                                                    \
    const auto from = static_cast<std::uint32_t>(__cvta_generic_to_shared(row));                  \
    if constexpr (N == 4) {                                                                       \
      asm volatile("ldmatrix.sync.aligned.m8n8.x4" modifier ".shared.b16 {%0, %1, %2, %3}, [%4];" \
                   : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])                               \
                   : "r"(from)                                                                    \
                   : "memory");                                                                   \
    } else if constexpr (N == 2) {                                                                \
      asm volatile("ldmatrix.sync.aligned.m8n8.x2" modifier ".shared.b16 {%0, %1}, [%2];"         \
                   : "=r"(r[0]), "=r"(r[1])                                                       \
                   : "r"(from)                                                                    \
                   : "memory");                                                                   \
    } else {                                                                                      \
      asm volatile("ldmatrix.sync.aligned.m8n8.x1" modifier ".shared.b16 {%0}, [%1];"             \
                   : "=r"(r[0])                                                                   \
                   : "r"(from)                                                                    \
                   : "memory");                                                                   \
    }                                                                                             \
  }
AIOPS_LDMATRIX(ldmatrix, "")
AIOPS_LDMATRIX(ldmatrix_transposed, ".trans")
#undef AIOPS_LDMATRIX

// d = A B + c, summed in float. d may be c.
#define AIOPS_MMA(name, instruction)                                                            \
  __device__ __forceinline__ void name(float(&d)[4], const std::uint32_t(&a)[4],                \
                                       const std::uint32_t(&b)[2], const float(&c)[4]) {        \
    asm volatile(instruction                                                                    \
                 " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13};"         \
                 : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])                               \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "f"(c[0]), \
                   "f"(c[1]), "f"(c[2]), "f"(c[3]));                                            \
  }
AIOPS_MMA(mma_bf16, "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32")
AIOPS_MMA(mma_tf32, "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32")
#undef AIOPS_MMA

// x with 10 bits of mantissa, to nearest, ties away from zero. What is cut off, x minus it, can be
// multiplied too: three products come close to a float's precision.
__device__ __forceinline__ std::uint32_t to_tf32(float x) {
  std::uint32_t bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
  return bits;
}

#else

template <int N>
void ldmatrix(std::uint32_t (&r)[N], const void* row,
              std::source_location at = std::source_location::current()) {
  static_assert(N == 1 || N == 2 || N == 4);
  simt::ldmatrix(r, row, N, simt::Layout::as_stored, at);
}
template <int N>
void ldmatrix_transposed(std::uint32_t (&r)[N], const void* row,
                         std::source_location at = std::source_location::current()) {
  static_assert(N == 1 || N == 2 || N == 4);
  simt::ldmatrix(r, row, N, simt::Layout::transposed, at);
}
inline void mma_bf16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                     const float (&c)[4],
                     std::source_location at = std::source_location::current()) {
  simt::mma(simt::Product::bf16_m16n8k16, d, a, b, c, at);
}
inline void mma_tf32(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2],
                     const float (&c)[4],
                     std::source_location at = std::source_location::current()) {
  simt::mma(simt::Product::tf32_m16n8k8, d, a, b, c, at);
}
inline std::uint32_t to_tf32(float x) {
  const std::uint32_t bits = float_to_bits(x);
  const bool finite = (bits & 0x7F800000U) != 0x7F800000U;
  return finite ? (bits + 0x1000U) & 0xFFFFE000U : bits;
}

#endif

}  // namespace aiops::kernels::cuda
