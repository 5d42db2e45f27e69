// SPDX-License-Identifier: Apache-2.0
// The one header that kernels include, and all that they may say.
//
// A kernel is written once and read by two compilers. nvcc makes PTX and machine code of it. g++
// alone, with no toolkit on the machine, makes an ordinary function of it, which an executor calls
// once per thread and watches: tests/simt. For that the source must not depend on what only nvcc
// understands. So this folder holds every inline asm, every __CUDA_ARCH__, every raw __shared__
// and the launch itself, and a test of the house keeps it that way.
//
// Where CUDA C++ has a word, that word is used: __global__, threadIdx, __syncthreads(),
// __shfl_xor_sync(), atomicAdd(), expf(). nvcc knows them; for g++ words.cuh declares them, the
// barriers and shuffles with the place they stand at, so that reports can name it. What needs asm
// or a built-in type is wrapped here, named after the instruction:
//
//   shared.cuh    AIOPS_SHARED, AIOPS_DYNAMIC_SHARED     arrays in shared memory
//   vector.cuh    Vector<T, N>, Pack<T>, load, store     accesses of 4, 8 and 16 bytes
//   bfloat16.cuh  BFloat16, to_float(), from_float<T>()  the element types
//   warp.cuh      warp_sum(), warp_max(), block_sum()    reductions
//   copy.cuh      cp_async(), cp_async_commit(), …       global to shared memory, asynchronously
//   matrix.cuh    ldmatrix(), mma_bf16(), mma_tf32()     tensor cores, sm_80 and later
//   math.cuh      fast_exp(), fast_rsqrt(), …            approximations of the hardware
//   columns.cuh   add_column_sums()                     gradients of what rows share
//   elements.cuh  over_elements(), first_element<N>()   grids over arrays
//   launch.cuh    launch<kernel>(shape, stream, …)       with arguments converted as <<<>>> does
//   status.hpp    LaunchStatus, Stream                   all that a caller of launchers sees
//
// Both sides agree in meaning, not in bits: nvcc contracts a·b + c and approximates fast_exp().
#pragma once

#include "kernels/cuda/layer/status.hpp"
#if !defined(__CUDACC__)
#include "kernels/cuda/layer/words.cuh"
#endif
#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/columns.cuh"
#include "kernels/cuda/layer/copy.cuh"
#include "kernels/cuda/layer/elements.cuh"
#include "kernels/cuda/layer/launch.cuh"
#include "kernels/cuda/layer/math.cuh"
#include "kernels/cuda/layer/matrix.cuh"
#include "kernels/cuda/layer/shared.cuh"
#include "kernels/cuda/layer/vector.cuh"
#include "kernels/cuda/layer/warp.cuh"
