// SPDX-License-Identifier: Apache-2.0
// A libcudnn.so.9 that stands between the plug-in and the real one. Every descriptor exists twice:
// the real library checks it, chooses engines and finalises plans, for a GPU that is described to
// it because there is none; here it is kept, so that executing a plan can walk the very graph that
// the real library accepted, on the CPU.
//
// FAKE_CUDNN_REAL is the real library, FAKE_CUDNN_DEVICE the description that stands for the device
// of a handle; both have defaults from the build. Rule: what is not modelled is a complaint and an
// error, never ignored.
#pragma once

#include <cudnn.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace aiops::fakes {

struct Recorded;

struct Attribute {
  cudnnBackendAttributeType_t type;
  std::int64_t count = 0;
  std::vector<std::byte> bytes = {};                        // of values
  std::vector<std::shared_ptr<const Recorded>> parts = {};  // of descriptors
};

// One descriptor of the backend API. Kept by what refers to it after its handle is gone.
struct Recorded {
  cudnnBackendDescriptorType_t kind;
  cudnnBackendDescriptor_t real = nullptr;
  bool finalised = false;
  std::map<int, Attribute> attributes = {};
  std::shared_ptr<const Recorded> graph = nullptr;  // that an engine configuration is for

  bool has(int name) const { return attributes.contains(name); }
  // The values of an attribute; none when it was not set.
  template <typename Value>
  std::vector<Value> values(int name) const {
    const auto found = attributes.find(name);
    if (found == attributes.end()) return {};
    std::vector<Value> values(found->second.bytes.size() / sizeof(Value));
    std::memcpy(static_cast<void*>(values.data()), found->second.bytes.data(),
                values.size() * sizeof(Value));
    return values;
  }
  template <typename Value>
  Value value(int name, Value otherwise = {}) const {
    const auto all = values<Value>(name);
    return all.empty() ? otherwise : all.front();
  }
  // The descriptor that an attribute names; nullptr when it was not set.
  const Recorded* part(int name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() || found->second.parts.empty()
               ? nullptr
               : found->second.parts.front().get();
  }
};

std::size_t size_of(cudnnBackendAttributeType_t type);  // 0: not modelled

// Complains and gives the status of a call that was refused.
cudnnStatus_t refuse(const std::string& what);

}  // namespace aiops::fakes
