// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cudnn/graph_builder.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr std::int64_t kAlignment = 16;  // bytes, of every tensor in memory
constexpr TensorShape kOne{{1, 1, 1, 1}, {1, 1, 1, 1}};
constexpr cudnnDataType_t kFloat = CUDNN_DATA_FLOAT;

}  // namespace

GraphBuilder::Tensor GraphBuilder::add_tensor(std::int64_t uid, const TensorShape& shape,
                                              cudnnDataType_t type, Where where) {
  Descriptor& tensor = add(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, uid);
  tensor.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, type);
  tensor.set(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64,
             std::span<const std::int64_t>(shape.extents));
  tensor.set(CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64,
             std::span<const std::int64_t>(shape.strides));
  tensor.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, kAlignment);
  if (where == Where::between) tensor.set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, true);
  if (where == Where::host) tensor.set(CUDNN_ATTR_TENSOR_IS_BY_VALUE, CUDNN_TYPE_BOOLEAN, true);
  tensor.finalise("a tensor");
  return &tensor;
}

GraphBuilder::Tensor GraphBuilder::memory(std::int64_t uid, const TensorShape& shape,
                                          cudnnDataType_t type) {
  return add_tensor(uid, shape, type, Where::memory);
}

GraphBuilder::Tensor GraphBuilder::between(const TensorShape& shape, cudnnDataType_t type) {
  return add_tensor(next_between_++, shape, type, Where::between);
}

GraphBuilder::Tensor GraphBuilder::scalar(std::int64_t uid) {
  return add_tensor(uid, kOne, kFloat, Where::host);
}

void GraphBuilder::end(Descriptor& operation, const char* what) {
  operation.finalise(what);
  operations_.push_back(operation.get());
}

void GraphBuilder::matmul(Tensor a, Tensor b, Tensor c) {
  Descriptor& how = add(CUDNN_BACKEND_MATMUL_DESCRIPTOR);
  how.set(CUDNN_ATTR_MATMUL_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, kFloat);
  how.finalise("a matrix product");
  Descriptor& operation = add(CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_MATMUL_DESC, how);
  operation.set(CUDNN_ATTR_OPERATION_MATMUL_ADESC, *a);
  operation.set(CUDNN_ATTR_OPERATION_MATMUL_BDESC, *b);
  operation.set(CUDNN_ATTR_OPERATION_MATMUL_CDESC, *c);
  end(operation, "a matrix product's operation");
}

Descriptor& GraphBuilder::mode(cudnnPointwiseMode_t mode, cudnnDataType_t precision) {
  Descriptor& how = add(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  how.set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, mode);
  how.set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, precision);
  return how;
}

Descriptor& GraphBuilder::begin_pointwise(const Descriptor& how, Tensor x, Tensor y) {
  Descriptor& operation = add(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, how);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, *x);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, *y);
  return operation;
}

void GraphBuilder::pointwise(cudnnPointwiseMode_t kind, Tensor x, Tensor y) {
  Descriptor& how = mode(kind, kFloat);
  how.finalise("an element-wise mode");
  end(begin_pointwise(how, x, y), "an element-wise operation");
}

void GraphBuilder::pointwise(cudnnPointwiseMode_t kind, Tensor x, Tensor b, Tensor y) {
  Descriptor& how = mode(kind, kFloat);
  how.finalise("an element-wise mode");
  Descriptor& operation = begin_pointwise(how, x, y);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, *b);
  end(operation, "an element-wise operation");
}

void GraphBuilder::index(std::int64_t axis, Tensor like, Tensor y) {
  Descriptor& how = mode(CUDNN_POINTWISE_GEN_INDEX, kFloat);
  how.set(CUDNN_ATTR_POINTWISE_AXIS, CUDNN_TYPE_INT64, axis);
  how.finalise("an index");
  end(begin_pointwise(how, like, y), "an index operation");
}

void GraphBuilder::greater_or_equal(Tensor x, Tensor b, Tensor y) {
  Descriptor& how = mode(CUDNN_POINTWISE_CMP_GE, CUDNN_DATA_BOOLEAN);
  how.finalise("a comparison");
  Descriptor& operation = begin_pointwise(how, x, y);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, *b);
  end(operation, "a comparison's operation");
}

void GraphBuilder::select(Tensor condition, Tensor yes, Tensor no, Tensor y) {
  Descriptor& how = mode(CUDNN_POINTWISE_BINARY_SELECT, kFloat);
  how.finalise("a selection");
  Descriptor& operation = begin_pointwise(how, yes, y);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, *no);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_TDESC, *condition);
  end(operation, "a selection's operation");
}

void GraphBuilder::reduce(cudnnReduceTensorOp_t kind, Tensor x, Tensor y) {
  Descriptor& how = add(CUDNN_BACKEND_REDUCTION_DESCRIPTOR);
  how.set(CUDNN_ATTR_REDUCTION_OPERATOR, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE, kind);
  how.set(CUDNN_ATTR_REDUCTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, kFloat);
  how.finalise("a reduction");
  Descriptor& operation = add(CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_REDUCTION_DESC, how);
  operation.set(CUDNN_ATTR_OPERATION_REDUCTION_XDESC, *x);
  operation.set(CUDNN_ATTR_OPERATION_REDUCTION_YDESC, *y);
  end(operation, "a reduction's operation");
}

void GraphBuilder::reshape(Tensor x, Tensor y) {
  Descriptor& operation = add(CUDNN_BACKEND_OPERATION_RESHAPE_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_RESHAPE_XDESC, *x);
  operation.set(CUDNN_ATTR_OPERATION_RESHAPE_YDESC, *y);
  end(operation, "a reshape");
}

Descriptor GraphBuilder::finish(cudnnHandle_t handle) {
  Descriptor graph(dnn_, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operations_);
  if (handle != nullptr) graph.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, handle);
  graph.finalise("a graph of operations");
  return graph;
}

}  // namespace aiops::kernels::cuda
