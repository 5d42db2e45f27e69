// SPDX-License-Identifier: Apache-2.0
// Every operator of the room, by the name of its file in kernels/cpu/. A name may stand here only
// with its proofs: the tests expand these lists into calls of prove_NAME(), which must give a
// double-precision oracle for each, and for the differentiable ones a gradient that finite
// differences confirm. tests/house/operators.sh checks that no file of kernels/cpu/ is left out.
#pragma once

#define AIOPS_DIFFERENTIABLE_OPERATORS(X) \
  X(attention)                            \
  X(bias)                                 \
  X(cross_entropy)                        \
  X(dropout)                              \
  X(embedding)                            \
  X(gelu)                                 \
  X(head_norm)                            \
  X(layer_norm)                           \
  X(linear)                               \
  X(residual)                             \
  X(rms_norm)                             \
  X(rope)                                 \
  X(scaled_rows)                          \
  X(squared_error)                        \
  X(swiglu)

#define AIOPS_OTHER_OPERATORS(X) \
  X(adamw)                       \
  X(gradient_norm)               \
  X(momentum)                    \
  X(newton_schulz)               \
  X(random)                      \
  X(sampling)
