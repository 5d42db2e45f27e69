// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/device/device.hpp"

#include <memory>

namespace aiops::train {

using kernels::device::Determinism;

// A GPU to compute with. Of the ranks on a host each takes the one that is so many further, around
// those that it sees: launchers may show each rank one of its own. Throws Error{no_gpu}, saying
// which link is missing and what to do.
std::shared_ptr<const kernels::device::Device> open_device(int gpu,
                                                           const kernels::device::Search& search,
                                                           Determinism determinism,
                                                           int local_rank = 0);

}  // namespace aiops::train
