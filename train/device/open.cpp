// SPDX-License-Identifier: Apache-2.0
#include "train/device/open.hpp"

#include <algorithm>

namespace aiops::train {

std::shared_ptr<const kernels::device::Device> open_device(int gpu,
                                                           const kernels::device::Search& search,
                                                           Determinism determinism,
                                                           int local_rank) {
  const auto plugin = kernels::device::Plugin::open(search);
  if (local_rank > 0)
    gpu = (gpu + local_rank) % std::max(1, static_cast<int>(plugin->inspect()->devices_found));
  return std::make_shared<const kernels::device::Device>(plugin, gpu, determinism);
}

}  // namespace aiops::train
