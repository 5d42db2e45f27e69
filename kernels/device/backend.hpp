// SPDX-License-Identifier: Apache-2.0
// Operators on a GPU. Everything is queued on one stream, in order, but for the copies of a
// snapshot, which have a stream of their own: operators go on beside them, up to the first that
// would change what is copied. What an operator needs besides its parameters, scratch and plans, is
// made when it first runs with them: a step like one before it allocates nothing.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/device/device.hpp"

#include <memory>

namespace aiops::kernels::device {

// Activations and the operands of products have `type`'s precision; parameters, their gradients and
// what optimisers keep are fp32, and of bf16 there is a rounded copy of the parameters besides. An
// operator that the plug-in does not serve throws Error{no_gpu} with its reason.
std::unique_ptr<Backend> device_backend(std::shared_ptr<const Device> device, Precision type);

}  // namespace aiops::kernels::device
