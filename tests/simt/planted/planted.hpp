// SPDX-License-Identifier: Apache-2.0
// Kernels with one bug each, and the same kernels without it. Executors are trusted because they
// find these, and find nothing in their sound twins.
#pragma once

#include "kernels/cuda/layer/status.hpp"

namespace aiops::planted {

enum class Variant { sound, faulty };

inline constexpr int kThreads = 64;  // of every block: two warps
inline constexpr int kTiles = 4;
inline constexpr int kElements = kThreads * kTiles;

// Each launches one kernel of one block (racing_blocks: of four). in and out have kElements floats
// on the device; host has as many on the heap.
kernels::cuda::LaunchStatus missing_barrier(Variant variant, const float* in, float* out,
                                            const float* host);
kernels::cuda::LaunchStatus missing_reload_barrier(Variant variant, const float* in, float* out,
                                                   const float* host);
kernels::cuda::LaunchStatus missing_stage_barrier(Variant variant, const float* in, float* out,
                                                  const float* host);
kernels::cuda::LaunchStatus divergent_barriers(Variant variant, const float* in, float* out,
                                               const float* host);
kernels::cuda::LaunchStatus wrong_mask(Variant variant, const float* in, float* out,
                                       const float* host);
kernels::cuda::LaunchStatus left_out_of_mask(Variant variant, const float* in, float* out,
                                             const float* host);
kernels::cuda::LaunchStatus shuffle_from_nobody(Variant variant, const float* in, float* out,
                                                const float* host);
kernels::cuda::LaunchStatus missing_warp_barrier(Variant variant, const float* in, float* out,
                                                 const float* host);
kernels::cuda::LaunchStatus partial_warp_barrier(Variant variant, const float* in, float* out,
                                                 const float* host);
kernels::cuda::LaunchStatus lost_atomic(Variant variant, const float* in, float* out,
                                        const float* host);
kernels::cuda::LaunchStatus racing_blocks(Variant variant, const float* in, float* out,
                                          const float* host);
kernels::cuda::LaunchStatus early_wait(Variant variant, const float* in, float* out,
                                       const float* host);
kernels::cuda::LaunchStatus out_of_bounds(Variant variant, const float* in, float* out,
                                          const float* host);
kernels::cuda::LaunchStatus out_of_shared_bounds(Variant variant, const float* in, float* out,
                                                 const float* host);
kernels::cuda::LaunchStatus uninitialised_shared(Variant variant, const float* in, float* out,
                                                 const float* host);
kernels::cuda::LaunchStatus misaligned_pack(Variant variant, const float* in, float* out,
                                            const float* host);
kernels::cuda::LaunchStatus host_pointer(Variant variant, const float* in, float* out,
                                         const float* host);

}  // namespace aiops::planted
