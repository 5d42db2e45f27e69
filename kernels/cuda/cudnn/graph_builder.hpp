// SPDX-License-Identifier: Apache-2.0
// A graph of cuDNN operations, written down one after the other.
#pragma once

#include "kernels/cuda/cudnn/descriptor.hpp"

#include <array>
#include <deque>

namespace aiops::kernels::cuda {

// Four extents and the distances between neighbours along each, in elements.
struct TensorShape {
  std::array<std::int64_t, 4> extents, strides;
};

class GraphBuilder {
 public:
  using Tensor = const Descriptor*;

  explicit GraphBuilder(const Cudnn& dnn) : dnn_(dnn) {}

  // In memory, known to the variant pack by `uid`.
  Tensor memory(std::int64_t uid, const TensorShape& shape, cudnnDataType_t type);
  // Between operations only.
  Tensor between(const TensorShape& shape, cudnnDataType_t type = CUDNN_DATA_FLOAT);
  // One float that the host gives.
  Tensor scalar(std::int64_t uid);

  void matmul(Tensor a, Tensor b, Tensor c);
  void pointwise(cudnnPointwiseMode_t mode, Tensor x, Tensor y);
  void pointwise(cudnnPointwiseMode_t mode, Tensor x, Tensor b, Tensor y);
  void index(std::int64_t axis, Tensor like, Tensor y);  // of each element along the axis
  void greater_or_equal(Tensor x, Tensor b, Tensor y);   // y is boolean
  void select(Tensor condition, Tensor yes, Tensor no, Tensor y);
  void reduce(cudnnReduceTensorOp_t operation, Tensor x, Tensor y);
  void reshape(Tensor x, Tensor y);

  // The whole; without a handle for a device that is described later. Throws Unsupported.
  Descriptor finish(cudnnHandle_t handle);

 private:
  enum class Where { memory, between, host };
  Tensor add_tensor(std::int64_t uid, const TensorShape& shape, cudnnDataType_t type, Where where);
  Descriptor& add(cudnnBackendDescriptorType_t type) { return owned_.emplace_back(dnn_, type); }
  Descriptor& mode(cudnnPointwiseMode_t mode, cudnnDataType_t precision);
  Descriptor& begin_pointwise(const Descriptor& mode, Tensor x, Tensor y);
  void end(Descriptor& operation, const char* what);

  const Cudnn& dnn_;
  std::deque<Descriptor> owned_;  // which stay where they are
  std::vector<cudnnBackendDescriptor_t> operations_;
  std::int64_t next_between_ = 1000;
};

}  // namespace aiops::kernels::cuda
