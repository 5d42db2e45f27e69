// SPDX-License-Identifier: Apache-2.0
// Every operator that has kernels, by the name of its folder. A name may stand here only with its
// trials, trials/NAME.cpp: whoever runs kernels expands this list into calls of NAME_cases().
// tests/house/operators.sh checks that no folder is left out.
#pragma once

#define AIOPS_CUDA_OPERATORS(X) \
  X(adamw)                      \
  X(attention)                  \
  X(bias)                       \
  X(cross_entropy)              \
  X(dropout)                    \
  X(embedding)                  \
  X(gelu)                       \
  X(gradient_norm)              \
  X(head_norm)                  \
  X(layer_norm)                 \
  X(momentum)                   \
  X(residual)                   \
  X(rms_norm)                   \
  X(rope)                       \
  X(sampling)                   \
  X(scaled_rows)                \
  X(squared_error)              \
  X(swiglu)
