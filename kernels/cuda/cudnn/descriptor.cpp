// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cudnn/descriptor.hpp"

#include "base/error.hpp"
#include "kernels/cuda/plugin/fault.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace aiops::kernels::cuda {
namespace {

// cuDNN's statuses come in thousands: 1000 the library, 2000 parameters, 3000 support.
constexpr int kNotInitialised = 1;
constexpr int kNotSupported = 3;

}  // namespace

void check(const Cudnn& dnn, cudnnStatus_t status, const std::string& doing) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  std::array<char, 1024> detail{};
  dnn.cudnnGetLastErrorString(detail.data(), detail.size());
  std::string message = doing + ": " + dnn.cudnnGetErrorString(status);
  if (detail[0] != '\0') message += std::string(" (") + detail.data() + ")";
  std::ranges::replace(message, '\n', ' ');
  if (status / 1000 == kNotSupported) throw Unsupported{message};
  throw Error(status / 1000 == kNotInitialised ? ExitCode::no_gpu : ExitCode::failed, message);
}

Descriptor::Descriptor(const Cudnn& dnn, cudnnBackendDescriptorType_t type) : dnn_(&dnn) {
  check(dnn, dnn.cudnnBackendCreateDescriptor(type, &descriptor_), "cudnnBackendCreateDescriptor");
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : dnn_(other.dnn_), descriptor_(std::exchange(other.descriptor_, nullptr)) {}

Descriptor::~Descriptor() {
  if (descriptor_ != nullptr) dnn_->cudnnBackendDestroyDescriptor(descriptor_);
}

cudnnStatus_t Descriptor::try_finalise() { return dnn_->cudnnBackendFinalize(descriptor_); }

void Descriptor::finalise(const std::string& what) { check(*dnn_, try_finalise(), what); }

void Descriptor::set_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                         std::int64_t count, const void* values) {
  check(*dnn_, dnn_->cudnnBackendSetAttribute(descriptor_, name, type, count, values),
        "cuDNN's attribute " + std::to_string(name));
}

void Descriptor::set(cudnnBackendAttributeName_t name, const Descriptor& other) {
  set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, other.get());
}

void Descriptor::set(cudnnBackendAttributeName_t name,
                     std::span<const cudnnBackendDescriptor_t> others) {
  set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, others);
}

std::size_t Descriptor::get_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                                std::int64_t most, void* values) const {
  std::int64_t count = 0;
  check(*dnn_, dnn_->cudnnBackendGetAttribute(descriptor_, name, type, most, &count, values),
        "cuDNN's attribute " + std::to_string(name));
  return static_cast<std::size_t>(most == 0 ? count : std::min(count, most));
}

std::int64_t Descriptor::number(cudnnBackendAttributeName_t name) const {
  const auto values = get<std::int64_t>(name, CUDNN_TYPE_INT64, 1);
  return values.empty() ? 0 : values.front();
}

Descriptor Descriptor::part(cudnnBackendAttributeName_t name,
                            cudnnBackendDescriptorType_t type) const {
  Descriptor part(*dnn_, type);
  cudnnBackendDescriptor_t handle = part.get();
  get_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &handle);
  return part;
}

std::vector<Descriptor> Descriptor::parts(cudnnBackendAttributeName_t name,
                                          cudnnBackendDescriptorType_t type) const {
  const std::size_t there = get_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, nullptr);
  std::vector<Descriptor> parts;
  std::vector<cudnnBackendDescriptor_t> handles;
  for (std::size_t i = 0; i < there; ++i) handles.push_back(parts.emplace_back(*dnn_, type).get());
  if (there == 0) return parts;
  const std::size_t filled = get_raw(name, CUDNN_TYPE_BACKEND_DESCRIPTOR,
                                     static_cast<std::int64_t>(there), handles.data());
  while (parts.size() > filled) parts.pop_back();
  return parts;
}

}  // namespace aiops::kernels::cuda
