// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/plugin/cudnn.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace aiops::kernels::cuda {

// Throws unless `status` is success: Unsupported where cuDNN does not support it, else Error with
// cuDNN's own words.
void check(const Cudnn& dnn, cudnnStatus_t status, const std::string& doing);

// An object of cuDNN's backend API: attributes are set, then it is finalised and used.
class Descriptor {
 public:
  Descriptor(const Cudnn& dnn, cudnnBackendDescriptorType_t type);
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;

  cudnnBackendDescriptor_t get() const { return descriptor_; }
  void finalise(const std::string& what);
  cudnnStatus_t try_finalise();

  template <typename Value>
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
           std::span<const Value> values) {
    set_raw(name, type, static_cast<std::int64_t>(values.size()), values.data());
  }
  template <typename Value>
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, const Value& value) {
    set_raw(name, type, 1, &value);
  }
  void set(cudnnBackendAttributeName_t name, const Descriptor& other);
  void set(cudnnBackendAttributeName_t name, std::span<const cudnnBackendDescriptor_t> others);

  // Up to `most` values; none when the attribute has none.
  template <typename Value>
  std::vector<Value> get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                         std::size_t most) const {
    std::vector<Value> values(most);
    values.resize(get_raw(name, type, static_cast<std::int64_t>(most), values.data()));
    return values;
  }
  std::int64_t number(cudnnBackendAttributeName_t name) const;
  // The descriptor that an attribute holds, of the given type.
  Descriptor part(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type) const;
  // All descriptors that an attribute holds, of the given type.
  std::vector<Descriptor> parts(cudnnBackendAttributeName_t name,
                                cudnnBackendDescriptorType_t type) const;

 private:
  void set_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
               std::int64_t count, const void* values);
  std::size_t get_raw(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                      std::int64_t most, void* values) const;

  const Cudnn* dnn_;
  cudnnBackendDescriptor_t descriptor_ = nullptr;
};

}  // namespace aiops::kernels::cuda
