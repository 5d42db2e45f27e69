// SPDX-License-Identifier: Apache-2.0
#include "tests/simt/planted/memory.cuh"
#include "tests/simt/planted/planted.hpp"
#include "tests/simt/planted/warps.cuh"

namespace aiops::planted {

#define AIOPS_PLANTED(name, kernel)                                                              \
  LaunchStatus name(Variant variant, const float* in, float* out, const float*) {                \
    const LaunchShape shape{1, kThreads};                                                        \
    return variant == Variant::sound ? launch<kernel<Variant::sound>>(shape, nullptr, in, out)   \
                                     : launch<kernel<Variant::faulty>>(shape, nullptr, in, out); \
  }
AIOPS_PLANTED(missing_barrier, total_kernel)
AIOPS_PLANTED(missing_reload_barrier, tiles_kernel)
AIOPS_PLANTED(divergent_barriers, branches_kernel)
AIOPS_PLANTED(wrong_mask, mask_kernel)
AIOPS_PLANTED(left_out_of_mask, without_me_kernel)
AIOPS_PLANTED(shuffle_from_nobody, nobody_kernel)
AIOPS_PLANTED(missing_warp_barrier, neighbour_kernel)
AIOPS_PLANTED(partial_warp_barrier, halves_kernel)
AIOPS_PLANTED(lost_atomic, classes_kernel)
AIOPS_PLANTED(out_of_bounds, packs_kernel)
AIOPS_PLANTED(out_of_shared_bounds, shift_kernel)
AIOPS_PLANTED(uninitialised_shared, prefix_kernel)
AIOPS_PLANTED(misaligned_pack, pack_kernel)
#undef AIOPS_PLANTED

LaunchStatus racing_blocks(Variant variant, const float*, float* out, const float*) {
  const LaunchShape shape{4, kThreads};
  return variant == Variant::sound ? launch<blocks_kernel<Variant::sound>>(shape, nullptr, out)
                                   : launch<blocks_kernel<Variant::faulty>>(shape, nullptr, out);
}

LaunchStatus early_wait(Variant variant, const float* in, float* out, const float*) {
  const LaunchShape shape{1, kThreads};
  return variant == Variant::sound
             ? launch<stages_kernel<Variant::sound, Variant::sound>>(shape, nullptr, in, out)
             : launch<stages_kernel<Variant::faulty, Variant::sound>>(shape, nullptr, in, out);
}

LaunchStatus missing_stage_barrier(Variant variant, const float* in, float* out, const float*) {
  const LaunchShape shape{1, kThreads};
  return variant == Variant::sound
             ? launch<stages_kernel<Variant::sound, Variant::sound>>(shape, nullptr, in, out)
             : launch<stages_kernel<Variant::sound, Variant::faulty>>(shape, nullptr, in, out);
}

LaunchStatus host_pointer(Variant variant, const float* in, float* out, const float* host) {
  return launch<copy_kernel<float>>({1, kThreads}, nullptr, variant == Variant::sound ? in : host,
                                    out);
}

}  // namespace aiops::planted
