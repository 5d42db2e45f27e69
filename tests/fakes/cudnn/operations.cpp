// SPDX-License-Identifier: Apache-2.0
// What each operation of a graph computes, element by element, in double precision; a tensor rounds
// what is written to it to its type.
#include "tests/fakes/cudnn/operations.hpp"

#include <cmath>
#include <functional>
#include <limits>

namespace aiops::fakes {
namespace {

// Whether an operand of such extents can be read as one of those.
bool fits(const Place& own, const Place& of) {
  for (std::size_t i = 0; i < 4; ++i)
    if (own[i] < 1 || of[i] % own[i] != 0) return false;
  return true;
}

std::string run_matmul(const Operands& o) {
  const Place& a = o.x->facts().extents;
  const Place& b = o.b->facts().extents;
  const Place& c = o.y->facts().extents;
  if (a[3] != b[2] || a[2] != c[2] || b[3] != c[3]) return "a matrix product of unlike extents";
  // Sequences and heads are shared as far as their numbers allow; rows and columns are not.
  const Place a_of{c[0], c[1], a[2], a[3]};
  const Place b_of{c[0], c[1], b[2], b[3]};
  if (!fits(a, a_of) || !fits(b, b_of)) return "a matrix product of unlike batches";
  for_each_place(c, [&](const Place& at) {
    double sum = 0;
    for (std::int64_t k = 0; k < a[3]; ++k)
      sum += o.x->read({at[0], at[1], at[2], k}, a_of) * o.b->read({at[0], at[1], k, at[3]}, b_of);
    o.y->write(at, sum);
  });
  return {};
}

std::string run_reduction(const Recorded& operation, const Operands& o) {
  const Recorded* how = operation.part(CUDNN_ATTR_OPERATION_REDUCTION_DESC);
  const auto kind = how->value<cudnnReduceTensorOp_t>(CUDNN_ATTR_REDUCTION_OPERATOR);
  if (kind != CUDNN_REDUCE_TENSOR_MAX && kind != CUDNN_REDUCE_TENSOR_ADD)
    return "reduction " + std::to_string(kind) + " is not modelled";
  const bool is_max = kind == CUDNN_REDUCE_TENSOR_MAX;
  const Place& from = o.x->facts().extents;
  const Place& to = o.y->facts().extents;
  if (!fits(to, from)) return "a reduction between unlike extents";
  Place part{};
  for (std::size_t i = 0; i < 4; ++i) part[i] = from[i] / to[i];
  for_each_place(to, [&](const Place& at) {
    double result = is_max ? -std::numeric_limits<double>::infinity() : 0;
    for_each_place(part, [&](const Place& in) {
      Place x{};
      for (std::size_t i = 0; i < 4; ++i) x[i] = at[i] * part[i] + in[i];
      const double value = o.x->read(x);
      result = is_max ? std::fmax(result, value) : result + value;
      if (std::isnan(value)) result = value;
    });
    o.y->write(at, result);
  });
  return {};
}

// The graphs of attention reshape for one purpose: to read the same elements with rows for columns.
// The extents are exchanged and so is which of the two runs faster in memory.
std::string run_reshape(const Operands& o) {
  const TensorFacts& x = o.x->facts();
  const TensorFacts& y = o.y->facts();
  const Place turned{x.extents[0], x.extents[1], x.extents[3], x.extents[2]};
  const bool flips = (x.strides[2] > x.strides[3]) != (y.strides[2] > y.strides[3]);
  if (y.extents != turned || !flips) return "a reshape that is not a transposition";
  for_each_place(y.extents, [&](const Place& at) {
    o.y->write(at, o.x->read({at[0], at[1], at[3], at[2]}));
  });
  return {};
}

using Formula = std::function<double(const Place& at, double x, double b, double condition)>;

// The formula of a mode and how many operands it reads; nothing: not modelled.
struct Mode {
  Formula formula;
  bool reads_b = false, reads_condition = false;
};

std::optional<Mode> mode_of(const Recorded& how) {
  switch (how.value<cudnnPointwiseMode_t>(CUDNN_ATTR_POINTWISE_MODE)) {
    case CUDNN_POINTWISE_ADD:
      return Mode{[](const Place&, double x, double b, double) { return x + b; }, true};
    case CUDNN_POINTWISE_SUB:
      return Mode{[](const Place&, double x, double b, double) { return x - b; }, true};
    case CUDNN_POINTWISE_MUL:
      return Mode{[](const Place&, double x, double b, double) { return x * b; }, true};
    case CUDNN_POINTWISE_DIV:
      return Mode{[](const Place&, double x, double b, double) { return x / b; }, true};
    case CUDNN_POINTWISE_CMP_GE:
      return Mode{[](const Place&, double x, double b, double) { return x >= b ? 1.0 : 0.0; },
                  true};
    case CUDNN_POINTWISE_EXP:
      return Mode{[](const Place&, double x, double, double) { return std::exp(x); }};
    case CUDNN_POINTWISE_LOG:
      return Mode{[](const Place&, double x, double, double) { return std::log(x); }};
    case CUDNN_POINTWISE_IDENTITY:
      return Mode{[](const Place&, double x, double, double) { return x; }};
    case CUDNN_POINTWISE_BINARY_SELECT:
      return Mode{[](const Place&, double x, double b, double t) { return t != 0 ? x : b; }, true,
                  true};
    case CUDNN_POINTWISE_GEN_INDEX: {
      const auto axis = how.value<std::int64_t>(CUDNN_ATTR_POINTWISE_AXIS, -1);
      if (axis < 0 || axis > 3) return std::nullopt;
      return Mode{[axis](const Place& at, double, double, double) {
        return static_cast<double>(at[static_cast<std::size_t>(axis)]);
      }};
    }
    default:
      return std::nullopt;
  }
}

std::string run_pointwise(const Recorded& operation, const Operands& o) {
  const Recorded* how = operation.part(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR);
  const auto mode = mode_of(*how);
  if (!mode)
    return "element-wise mode " + std::to_string(how->value<int>(CUDNN_ATTR_POINTWISE_MODE)) +
           " is not modelled";
  if (mode->reads_b != (o.b != nullptr) || mode->reads_condition != (o.condition != nullptr))
    return "an element-wise operation with other operands than its mode reads";
  const Place& extents = o.y->facts().extents;
  for (const Tensor* operand : {o.x, o.b, o.condition})
    if (operand != nullptr && !fits(operand->facts().extents, extents))
      return "an element-wise operation on unlike extents";
  const auto read = [&](const Tensor* operand, const Place& at) {
    return operand == nullptr ? 0 : operand->read(at, extents);
  };
  for_each_place(extents, [&](const Place& at) {
    o.y->write(at, mode->formula(at, read(o.x, at), read(o.b, at), read(o.condition, at)));
  });
  return {};
}

}  // namespace

std::string run_operation(const Recorded& operation, const Operands& operands) {
  switch (operation.kind) {
    case CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR:
      return run_matmul(operands);
    case CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR:
      return run_pointwise(operation, operands);
    case CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR:
      return run_reduction(operation, operands);
    case CUDNN_BACKEND_OPERATION_RESHAPE_DESCRIPTOR:
      return run_reshape(operands);
    default:
      return "operation " + std::to_string(operation.kind) + " is not modelled";
  }
}

}  // namespace aiops::fakes
