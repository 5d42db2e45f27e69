// SPDX-License-Identifier: Apache-2.0
// The parameters of every operator of a device, as plain C. The contracts are those of the headers
// of the same names in kernels/ (shapes, layout, what is overwritten and what added to), with these
// differences: pointers are into device memory; values and activations have the type `type`, with
// sums in fp32; gradients of parameters, statistics and optimiser state are always fp32.
//
// An operator's name is that of its struct without "aiops_". A plug-in need not have all of them.
// What a struct points to from here, factors and starts too, lies on the device.
#ifndef AIOPS_KERNELS_DEVICE_OPERATORS_H
#define AIOPS_KERNELS_DEVICE_OPERATORS_H

#include <stdint.h>

enum aiops_type { AIOPS_F32 = 0, AIOPS_BF16 = 1 };
enum aiops_activation { AIOPS_NO_ACTIVATION = 0, AIOPS_GELU = 1 };
enum aiops_accumulate { AIOPS_OVERWRITE = 0, AIOPS_ADD = 1 };

// ---- embedding ---------------------------------------------------------------------------------

typedef struct aiops_embedding_forward {
  int32_t type;
  int64_t tokens, vocab, width;
  const int32_t* ids;
  const void* table;
  void* out;
} aiops_embedding_forward;

// Token k of those that occur stands at places[starts[k]] … places[starts[k + 1] - 1] of the batch.
// Where that is nowhere, starts[k] == starts[k + 1], neither tokens[k] is read nor a row touched: a
// recorded step is launched with as many tokens as a batch can have.
typedef struct aiops_embedding_backward {
  int32_t type;
  int64_t tokens_that_occur, width;
  const int32_t *tokens, *starts, *places;
  const void* out_gradient;
  float* table_gradient;  // added to
} aiops_embedding_backward;

// ---- linear ------------------------------------------------------------------------------------

// y = activation(x W^T + bias).
typedef struct aiops_linear_forward {
  int32_t type;
  int32_t activation;
  int64_t rows, in, out;
  const void* x;
  const void* weight;
  const void* bias;      // or null
  void* pre_activation;  // x W^T + bias, rows × out, for the backward pass of a GELU; or null
  void* y;
} aiops_linear_forward;

// x_gradient (+)= y_gradient W; where x is a GELU's output, its gradient follows.
typedef struct aiops_linear_backward_input {
  int32_t type;
  int32_t accumulate;  // of x_gradient; only without a GELU
  int64_t rows, in, out;
  const void* y_gradient;
  const void* weight;
  const void* pre_activation;  // the GELU's input, rows × in; or null
  void* x_gradient;
} aiops_linear_backward_input;

// weight_gradient (+)= y_gradient^T x.
typedef struct aiops_linear_backward_weight {
  int32_t type;
  int32_t accumulate;  // of the weight's gradient
  int64_t rows, in, out;
  const void* y_gradient;
  const void* x;
  float* weight_gradient;
  float* bias_gradient;  // the sum of y_gradient's rows, always overwritten; or null
} aiops_linear_backward_weight;

typedef struct aiops_bias_forward {
  int32_t type;
  int64_t rows, width;
  const void* bias;
  void* y;
} aiops_bias_forward;

typedef struct aiops_bias_backward {
  int32_t type;
  int64_t rows, width;
  const void* y_gradient;
  float* bias_gradient;  // added to
} aiops_bias_backward;

// ---- attention ---------------------------------------------------------------------------------

typedef struct aiops_attention_shape {
  int64_t sequences, queries, keys;
  int64_t heads, kv_heads, head_dim;
  int64_t q_stride, kv_stride;  // of rows, in elements
  const int64_t* starts;        // sequences + 1 rows where documents start; or null
} aiops_attention_shape;

typedef struct aiops_attention_forward {
  int32_t type;
  aiops_attention_shape shape;
  const void *q, *k, *v;
  void* out;
  float* logsumexp;
} aiops_attention_forward;

typedef struct aiops_attention_backward {
  int32_t type;
  aiops_attention_shape shape;
  const void *q, *k, *v, *out;
  const float* logsumexp;
  const void* out_gradient;
  void *q_gradient, *k_gradient, *v_gradient;
} aiops_attention_backward;

// One direction each: `backward` turns back.
typedef struct aiops_rope {
  int32_t type;
  int32_t backward;
  int64_t rows, length, heads, head_dim, stride, first;
  const int32_t* positions;  // or null
  const float *cosine, *sine;
  void* x;  // in place
} aiops_rope;

// ---- norms -------------------------------------------------------------------------------------

typedef struct aiops_rms_norm_forward {
  int32_t type;
  float epsilon;
  int64_t rows, width;
  const void *x, *weight;
  void* y;
  float* reciprocal;
} aiops_rms_norm_forward;

typedef struct aiops_rms_norm_backward {
  int32_t type;
  float epsilon;
  int64_t rows, width;
  const void *x, *weight;
  const float* reciprocal;
  const void* y_gradient;
  void* x_gradient;        // added to
  float* weight_gradient;  // added to
} aiops_rms_norm_backward;

typedef struct aiops_layer_norm_forward {
  int32_t type;
  float epsilon;
  int64_t rows, width;
  const void *x, *weight, *bias;
  void* y;
  float *mean, *reciprocal;
} aiops_layer_norm_forward;

typedef struct aiops_layer_norm_backward {
  int32_t type;
  float epsilon;
  int64_t rows, width;
  const void *x, *weight;
  const float *mean, *reciprocal;
  const void* y_gradient;
  void* x_gradient;                        // added to
  float *weight_gradient, *bias_gradient;  // added to
} aiops_layer_norm_backward;

typedef struct aiops_head_norm_forward {
  int32_t type;
  float epsilon;
  int64_t rows, heads, head_dim, stride;
  const void* weight;
  void* x;  // in place
  void* input;
  float* reciprocal;
} aiops_head_norm_forward;

typedef struct aiops_head_norm_backward {
  int32_t type;
  float epsilon;
  int64_t rows, heads, head_dim, stride;
  const void *weight, *input;
  const float* reciprocal;
  void* gradient;          // in place
  float* weight_gradient;  // added to
} aiops_head_norm_backward;

// ---- element by element ------------------------------------------------------------------------

typedef struct aiops_residual {
  int32_t type;
  int64_t count;
  const void* branch;
  void* stream;  // added to
} aiops_residual;

// to[r · to_stride + c] = factor · from[r · from_stride + c], or added to it.
typedef struct aiops_scaled_rows {
  int32_t type;
  int32_t accumulate;
  float factor;
  int64_t rows, width, from_stride, to_stride;
  const void* from;
  void* to;  // may be `from`, with equal strides
} aiops_scaled_rows;

typedef struct aiops_gelu_forward {
  int32_t type;
  int64_t count;
  const void* x;
  void* out;
} aiops_gelu_forward;

typedef struct aiops_gelu_backward {
  int32_t type;
  int64_t count;
  const void *x, *out_gradient;
  void* x_gradient;
} aiops_gelu_backward;

typedef struct aiops_swiglu_forward {
  int32_t type;
  int64_t rows, width;
  const void* gate_up;
  void* out;
} aiops_swiglu_forward;

typedef struct aiops_swiglu_backward {
  int32_t type;
  int64_t rows, width;
  const void *gate_up, *out_gradient;
  void* gate_up_gradient;
} aiops_swiglu_backward;

// ---- the loss ----------------------------------------------------------------------------------

typedef struct aiops_cross_entropy_forward {
  int32_t type;
  int64_t rows, vocab;
  const void* logits;
  const int32_t* targets;
  float* losses;
} aiops_cross_entropy_forward;

// The logits become their own gradient.
typedef struct aiops_cross_entropy_backward {
  int32_t type;
  float scale;
  int64_t rows, vocab;
  void* logits;
  const int32_t* targets;
  float* losses;
} aiops_cross_entropy_backward;

// The outputs become their own gradient.
typedef struct aiops_squared_error_backward {
  int32_t type;
  float scale;
  int64_t rows, width;
  void* outputs;
  const int32_t* targets;
  const float* values;
  float* losses;
} aiops_squared_error_backward;

typedef struct aiops_squared_error_forward {
  int32_t type;
  int64_t rows, width;
  const void* outputs;
  const int32_t* targets;
  const float* values;
  float* losses;
} aiops_squared_error_forward;

// ---- dropout -----------------------------------------------------------------------------------

// Of the elements from number first + width · *row on: `row` is what a step is told anew.
typedef struct aiops_dropout_elements {
  int64_t count;
  double rate;
  uint64_t seed, stream, first;
  uint64_t width;
  const uint64_t* row;  // or null: the first element is number `first`
} aiops_dropout_elements;

typedef struct aiops_dropout_forward {
  int32_t type;
  aiops_dropout_elements elements;
  const void* x;
  void* y;  // may be x
} aiops_dropout_forward;

typedef struct aiops_dropout_backward {
  int32_t type;
  aiops_dropout_elements elements;
  const void* y_gradient;
  void* x_gradient;  // added to
} aiops_dropout_backward;

// ---- optimisers --------------------------------------------------------------------------------

// The constants of one update lie on the device, so that a recorded step can be played again with
// those of another: what kernels::adamw_factors() makes of a step.
typedef struct aiops_adamw_factors {
  float gradient;  // that every gradient is multiplied by
  float beta1, rest1, beta2, rest2, epsilon;
  float keep, rate, v_correction;
} aiops_adamw_factors;

typedef struct aiops_adamw {
  int64_t count;
  const aiops_adamw_factors* factors;
  const float* gradient;
  const float* gradient_scale;  // one number that the gradient is multiplied by too; or null
  float *value, *m, *v;
  void* copy;  // value again, in bf16; or null
} aiops_adamw;

typedef struct aiops_momentum_factors {
  float momentum;
  float keep, rate;
} aiops_momentum_factors;

typedef struct aiops_momentum {
  int64_t count;
  const aiops_momentum_factors* factors;
  const float *gradient, *gradient_scale;
  float *value, *buffer;
  void* copy;
} aiops_momentum;

// buffer = momentum · buffer + (1 - momentum) · gradient, and the direction is that once more.
typedef struct aiops_nesterov {
  double momentum;
  int64_t count;
  const float *gradient, *gradient_scale;
  float *buffer, *direction;
} aiops_nesterov;

// One round, in fp32. The scratch holds two squares of the shorter side.
typedef struct aiops_newton_schulz {
  int64_t rows, columns;
  double a, b, c;
  const float* x;
  float* next;  // apart from x
} aiops_newton_schulz;

typedef struct aiops_follow_factors {
  float keep, rate;
} aiops_follow_factors;

// value = value · keep - rate · direction.
typedef struct aiops_follow {
  int64_t count;
  const aiops_follow_factors* factors;
  const float* direction;
  float* value;
  void* copy;  // value again, in bf16; or null
} aiops_follow;

// *squares = the sum of the squares, overwritten.
typedef struct aiops_gradient_norm {
  int64_t count;
  const float* values;
  double* squares;
} aiops_gradient_norm;

// *norm = √squares; *scale = max_norm / norm where that is below 1 and max_norm above 0, else 1:
// what an optimiser's gradient_scale points to, so that no step waits for the host.
typedef struct aiops_clip_scale {
  float max_norm;
  const double* squares;
  float *norm, *scale;
} aiops_clip_scale;

// values = values / (√*squares + epsilon).
typedef struct aiops_normalise {
  double epsilon;
  int64_t count;
  const double* squares;
  float* values;
} aiops_normalise;

// ---- sampling ----------------------------------------------------------------------------------

// One token for each row of logits.
typedef struct aiops_sampling {
  int64_t rows, vocab;
  double temperature, top_p, min_p;
  int64_t top_k;
  const float* logits;
  const float* uniform;  // one number in [0, 1) a row
  int32_t* tokens;
} aiops_sampling;

// In one row of logits, of tokens that are all different.
typedef struct aiops_repetition_penalty {
  int64_t count;
  double penalty;
  const int32_t* seen;
  float* logits;  // in place
} aiops_repetition_penalty;

// Every struct above.
#define AIOPS_DEVICE_OPERATORS(X) \
  X(embedding_forward)            \
  X(embedding_backward)           \
  X(linear_forward)               \
  X(linear_backward_input)        \
  X(linear_backward_weight)       \
  X(bias_forward)                 \
  X(bias_backward)                \
  X(attention_forward)            \
  X(attention_backward)           \
  X(rope)                         \
  X(rms_norm_forward)             \
  X(rms_norm_backward)            \
  X(layer_norm_forward)           \
  X(layer_norm_backward)          \
  X(head_norm_forward)            \
  X(head_norm_backward)           \
  X(residual)                     \
  X(scaled_rows)                  \
  X(gelu_forward)                 \
  X(gelu_backward)                \
  X(swiglu_forward)               \
  X(swiglu_backward)              \
  X(cross_entropy_forward)        \
  X(cross_entropy_backward)       \
  X(squared_error_forward)        \
  X(squared_error_backward)       \
  X(dropout_forward)              \
  X(dropout_backward)             \
  X(adamw)                        \
  X(momentum)                     \
  X(nesterov)                     \
  X(newton_schulz)                \
  X(follow)                       \
  X(gradient_norm)                \
  X(clip_scale)                   \
  X(normalise)                    \
  X(sampling)                     \
  X(repetition_penalty)

#endif  // AIOPS_KERNELS_DEVICE_OPERATORS_H
