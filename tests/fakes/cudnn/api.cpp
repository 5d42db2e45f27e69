// SPDX-License-Identifier: Apache-2.0
// The functions of the backend API: each is done twice, by the real library and for the record.
#include "tests/fakes/cudart/fake_cudart.hpp"
#include "tests/fakes/cudnn/objects.hpp"
#include "tests/fakes/cudnn/real.hpp"
#include "tests/fakes/cudnn/walk.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <unordered_map>

namespace aiops::fakes {

std::size_t size_of(cudnnBackendAttributeType_t type) {
  switch (type) {
    case CUDNN_TYPE_CHAR:
    case CUDNN_TYPE_BOOLEAN:
      return 1;
    case CUDNN_TYPE_INT64:
    case CUDNN_TYPE_VOID_PTR:
    case CUDNN_TYPE_HANDLE:
    case CUDNN_TYPE_BACKEND_DESCRIPTOR:
      return 8;
    case CUDNN_TYPE_DATA_TYPE:
    case CUDNN_TYPE_HEUR_MODE:
    case CUDNN_TYPE_POINTWISE_MODE:
    case CUDNN_TYPE_REDUCTION_OPERATOR_TYPE:
    case CUDNN_TYPE_NUMERICAL_NOTE:
    case CUDNN_TYPE_BEHAVIOR_NOTE:
      return 4;
    default:
      return 0;
  }
}

cudnnStatus_t refuse(const std::string& what) {
  complain("cuDNN: " + what);
  return CUDNN_STATUS_BAD_PARAM;
}

namespace {

struct Handle {
  cudaStream_t stream = nullptr;
};

std::recursive_mutex& mutex() {
  static std::recursive_mutex one;
  return one;
}

auto& live() {
  static auto* const all =
      new std::unordered_map<cudnnBackendDescriptor_t, std::shared_ptr<Recorded>>;
  return *all;
}

auto& handles() {
  static auto* const all = new std::set<Handle*>;
  return *all;
}

std::shared_ptr<Recorded> find(cudnnBackendDescriptor_t descriptor) {
  const auto found = live().find(descriptor);
  return found == live().end() ? nullptr : found->second;
}

Handle* find(cudnnHandle_t handle) {
  auto* one = reinterpret_cast<Handle*>(handle);
  return handles().contains(one) ? one : nullptr;
}

// The description that stands for the device of a handle.
cudnnBackendDescriptor_t described_device() {
  static cudnnBackendDescriptor_t device = nullptr;
  if (device != nullptr) return device;
  const auto& cudnn = real();
  cudnn.cudnnBackendCreateDescriptor(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR, &device);
  cudnn.cudnnBackendSetAttribute(device, CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR,
                                 static_cast<std::int64_t>(cudnn.device.size()),
                                 cudnn.device.data());
  if (cudnn.cudnnBackendFinalize(device) != CUDNN_STATUS_SUCCESS)
    complain("cuDNN: FAKE_CUDNN_DEVICE does not describe a GPU");
  return device;
}

cudnnStatus_t set_device(const Recorded& to, cudnnBackendAttributeName_t name) {
  const cudnnBackendDescriptor_t device = described_device();
  return real().cudnnBackendSetAttribute(to.real, name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &device);
}

// A handle has no device here: the description takes its place.
cudnnStatus_t set_handle(const Recorded& to, cudnnBackendAttributeName_t name, const void* value) {
  cudnnHandle_t handle = nullptr;
  std::memcpy(&handle, value, sizeof handle);
  if (find(handle) == nullptr) return refuse("a handle that is not there");
  if (name == CUDNN_ATTR_OPERATIONGRAPH_HANDLE) return CUDNN_STATUS_SUCCESS;  // it needs none
  if (name == CUDNN_ATTR_EXECUTION_PLAN_HANDLE)
    return set_device(to, CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP);
  return refuse("a handle as attribute " + std::to_string(name) + " is not modelled");
}

// Our descriptors become the real ones; false: one is dead, or not finalised.
bool translate(const cudnnBackendDescriptor_t* ours, std::int64_t count, Attribute& attribute,
               std::vector<cudnnBackendDescriptor_t>& theirs, bool must_be_final) {
  for (std::int64_t i = 0; i < count; ++i) {
    const auto one = find(ours[i]);
    if (one == nullptr || (must_be_final && !one->finalised)) return false;
    attribute.parts.push_back(one);
    theirs.push_back(one->real);
  }
  return true;
}

// What a pack points at is for the walk alone.
bool is_recorded_only(const Recorded& descriptor) {
  return descriptor.kind == CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR;
}

cudnnStatus_t finalise(Recorded& descriptor) {
  if (is_recorded_only(descriptor)) return CUDNN_STATUS_SUCCESS;
  const bool needs_device = descriptor.kind == CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR &&
                            !descriptor.has(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP);
  if (needs_device) {
    const cudnnStatus_t status = set_device(descriptor, CUDNN_ATTR_ENGINEHEUR_DEVICEPROP);
    if (status != CUDNN_STATUS_SUCCESS) return status;
  }
  return real().cudnnBackendFinalize(descriptor.real);
}

}  // namespace
}  // namespace aiops::fakes

using namespace aiops::fakes;

size_t cudnnGetVersion() { return real().is_there ? real().cudnnGetVersion() : 0; }

const char* cudnnGetErrorString(cudnnStatus_t status) {
  return real().is_there ? real().cudnnGetErrorString(status) : "there is no real cuDNN";
}

void cudnnGetLastErrorString(char* message, size_t size) {
  if (real().is_there) real().cudnnGetLastErrorString(message, size);
}

cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) {
  if (!real().is_there) return CUDNN_STATUS_NOT_INITIALIZED;
  auto* one = new Handle;
  *handle = reinterpret_cast<cudnnHandle_t>(one);
  const std::lock_guard lock(mutex());
  handles().insert(one);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) {
  const std::lock_guard lock(mutex());
  Handle* one = find(handle);
  if (one == nullptr) return refuse("cudnnDestroy of what is not there");
  handles().erase(one);
  delete one;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  const std::lock_guard lock(mutex());
  Handle* one = find(handle);
  if (one == nullptr) return refuse("cudnnSetStream of what is not there");
  one->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnBackendCreateDescriptor(cudnnBackendDescriptorType_t kind,
                                           cudnnBackendDescriptor_t* descriptor) {
  const std::lock_guard lock(mutex());
  auto recorded = std::make_shared<Recorded>(Recorded{.kind = kind});
  const cudnnStatus_t status = real().cudnnBackendCreateDescriptor(kind, &recorded->real);
  if (status != CUDNN_STATUS_SUCCESS) return status;
  *descriptor = recorded.get();
  live().emplace(*descriptor, std::move(recorded));
  return status;
}

cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t descriptor) {
  const std::lock_guard lock(mutex());
  const auto recorded = find(descriptor);
  if (recorded == nullptr) return refuse("a descriptor is destroyed twice");
  live().erase(descriptor);
  return real().cudnnBackendDestroyDescriptor(recorded->real);
}

cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t descriptor,
                                       cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type, int64_t count,
                                       const void* values) {
  const std::lock_guard lock(mutex());
  const auto to = find(descriptor);
  if (to == nullptr) return refuse("an attribute of a descriptor that is not there");
  if (to->finalised) return refuse("an attribute of a finalised descriptor");
  const std::size_t size = size_of(type);
  if (size == 0) return refuse("attributes of type " + std::to_string(type) + " are not modelled");
  Attribute attribute{.type = type, .count = count};
  cudnnStatus_t status = CUDNN_STATUS_SUCCESS;
  if (type == CUDNN_TYPE_BACKEND_DESCRIPTOR) {
    std::vector<cudnnBackendDescriptor_t> theirs;
    const auto* ours = static_cast<const cudnnBackendDescriptor_t*>(values);
    if (!translate(ours, count, attribute, theirs, true))
      return refuse("attribute " + std::to_string(name) + " names a descriptor that is not there");
    status = real().cudnnBackendSetAttribute(to->real, name, type, count, theirs.data());
  } else {
    const auto* bytes = static_cast<const std::byte*>(values);
    attribute.bytes.assign(bytes, bytes + size * static_cast<std::size_t>(count));
    if (type == CUDNN_TYPE_HANDLE)
      status = set_handle(*to, name, values);
    else if (!is_recorded_only(*to))
      status = real().cudnnBackendSetAttribute(to->real, name, type, count, values);
  }
  to->attributes[name] = std::move(attribute);
  return status;
}

cudnnStatus_t cudnnBackendGetAttribute(cudnnBackendDescriptor_t descriptor,
                                       cudnnBackendAttributeName_t name,
                                       cudnnBackendAttributeType_t type, int64_t most,
                                       int64_t* count, void* values) {
  const std::lock_guard lock(mutex());
  const auto from = find(descriptor);
  if (from == nullptr) return refuse("an attribute of a descriptor that is not there");
  if (type != CUDNN_TYPE_BACKEND_DESCRIPTOR || most == 0)
    return real().cudnnBackendGetAttribute(from->real, name, type, most, count, values);
  Attribute into{.type = type};
  std::vector<cudnnBackendDescriptor_t> theirs;
  if (!translate(static_cast<const cudnnBackendDescriptor_t*>(values), most, into, theirs, false))
    return refuse("a descriptor to fill is not there");
  const cudnnStatus_t status =
      real().cudnnBackendGetAttribute(from->real, name, type, most, count, theirs.data());
  for (std::int64_t i = 0; i < most; ++i) {
    const auto filled = find(static_cast<const cudnnBackendDescriptor_t*>(values)[i]);
    filled->finalised = true;
    if (name == CUDNN_ATTR_ENGINEHEUR_RESULTS)
      filled->graph = from->attributes[CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH].parts.front();
  }
  return status;
}

cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t descriptor) {
  const std::lock_guard lock(mutex());
  const auto recorded = find(descriptor);
  if (recorded == nullptr) return refuse("a descriptor that is not there is finalised");
  const cudnnStatus_t status = finalise(*recorded);
  recorded->finalised = status == CUDNN_STATUS_SUCCESS;
  return status;
}

cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle, cudnnBackendDescriptor_t plan,
                                  cudnnBackendDescriptor_t pack) {
  const std::lock_guard lock(mutex());
  const Handle* with = find(handle);
  const auto planned = find(plan);
  const auto given = find(pack);
  if (with == nullptr || planned == nullptr || given == nullptr || !planned->finalised ||
      !given->finalised)
    return refuse("a plan is executed with what is not there");
  std::int64_t workspace = 0;
  std::int64_t count = 0;
  real().cudnnBackendGetAttribute(planned->real, CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE,
                                  CUDNN_TYPE_INT64, 1, &count, &workspace);
  const Recorded* configuration = planned->part(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG);
  return queue_walk(configuration->graph, *given, static_cast<std::size_t>(workspace),
                    with->stream);
}
