// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace aiops::kernels {

enum class Accumulate { no, yes };  // results overwrite what is there, or are added to it

}  // namespace aiops::kernels
