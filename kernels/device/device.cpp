// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/device.hpp"

#include "base/error.hpp"

#include <utility>

namespace aiops::kernels::device {
namespace {

// Calls a function of the plug-in and throws what it says.
template <typename Function, typename... Arguments>
void call(Function function, Arguments... arguments) {
  aiops_fault fault{};
  require(function(arguments..., &fault), fault);
}

// A stream or an event of a device.
template <typename Handle>
auto make(const Device& device, std::int32_t (*create)(aiops_device*, Handle**, aiops_fault*),
          void (*destroy)(Handle*)) {
  Handle* handle = nullptr;
  call(create, device.handle(), &handle);
  return std::unique_ptr<Handle, void (*)(Handle*)>(handle, destroy);
}

std::int32_t to_abi(Kernels kernels) {
  switch (kernels) {
    case Kernels::own:
      return AIOPS_OWN_KERNELS;
    case Kernels::library:
      return AIOPS_LIBRARY_KERNELS;
    case Kernels::best:
      break;
  }
  return AIOPS_BEST_KERNELS;
}

auto open(const Plugin& plugin, int ordinal, Determinism determinism, Kernels kernels) {
  aiops_cuda_options options = plugin.options(ordinal);
  options.deterministic = determinism == Determinism::on ? 1 : 0;
  options.kernels = to_abi(kernels);
  aiops_device* handle = nullptr;
  call(plugin.api().open, &options, &handle);
  return std::unique_ptr<aiops_device, void (*)(aiops_device*)>(handle, plugin.api().close);
}

}  // namespace

Device::Device(std::shared_ptr<const Plugin> plugin, int ordinal, Determinism determinism,
               Kernels kernels)
    : plugin_(std::move(plugin)), handle_(open(*plugin_, ordinal, determinism, kernels)) {}

Device::Memory Device::memory() const {
  Memory memory;
  call(api().memory, handle(), &memory.free, &memory.total);
  return memory;
}

Device::Plan Device::plan_operator(Operator which, const char* name, const void* parameters) const {
  const aiops_operator* found = plugin_->find(which);
  if (found == nullptr)
    return {.why_not = std::string("this plug-in does not have the operator ") + name};
  aiops_fault fault{};
  Plan plan;
  const std::int32_t code = found->workspace(handle(), parameters, &plan.workspace, &fault);
  if (code == AIOPS_UNSUPPORTED) return {.why_not = fault.message};
  require(code, fault);
  plan.is_served = true;
  return plan;
}

Memory::Memory(const Device& device, std::uint64_t bytes, Place place)
    : device_(&device), size_(bytes), place_(place) {
  void* memory = nullptr;
  call(place == Place::device ? device.api().allocate : device.api().allocate_pinned,
       device.handle(), bytes, &memory);
  data_ = static_cast<std::byte*>(memory);
}

Memory::Memory(Memory&& other) noexcept
    : device_(other.device_),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      place_(other.place_) {}

Memory::~Memory() {
  if (data_ == nullptr) return;
  const aiops_cuda_api& api = device_->api();
  (place_ == Place::device ? api.release : api.release_pinned)(device_->handle(), data_);
}

Stream::Stream(const Device& device)
    : device_(&device),
      handle_(make(device, device.api().create_stream, device.api().destroy_stream)) {}

void Stream::upload(std::byte* to, const std::byte* pinned, std::uint64_t bytes) {
  call(device_->api().copy, handle(), to, pinned, bytes, AIOPS_TO_DEVICE);
}

void Stream::download(std::byte* pinned, const std::byte* from, std::uint64_t bytes) {
  call(device_->api().copy, handle(), pinned, from, bytes, AIOPS_TO_HOST);
}

void Stream::copy(std::byte* to, const std::byte* from, std::uint64_t bytes) {
  call(device_->api().copy, handle(), to, from, bytes, AIOPS_ON_DEVICE);
}

void Stream::fill(std::byte* memory, unsigned char byte, std::uint64_t bytes) {
  call(device_->api().fill, handle(), memory, byte, bytes);
}

void Stream::launch_operator(Operator which, const char* name, const void* parameters,
                             const Memory* workspace) {
  const aiops_operator* found = device_->plugin().find(which);
  if (found == nullptr)
    throw Error(ExitCode::no_gpu,
                device_->plugin().path().string() + ": does not have the operator " + name);
  call(found->launch, handle(), parameters, workspace == nullptr ? nullptr : workspace->data(),
       workspace == nullptr ? 0 : workspace->size());
}

void Stream::wait(const Event& event) { call(device_->api().wait_event, handle(), event.handle()); }

void Stream::synchronise() { call(device_->api().synchronise_stream, handle()); }

Event::Event(const Device& device)
    : device_(&device),
      handle_(make(device, device.api().create_event, device.api().destroy_event)) {}

void Event::record(Stream& stream) { call(device_->api().record_event, handle(), stream.handle()); }

void Event::synchronise() { call(device_->api().synchronise_event, handle()); }

double Event::milliseconds_since(const Event& earlier) {
  float milliseconds = 0;
  call(device_->api().elapsed, earlier.handle(), handle(), &milliseconds);
  return static_cast<double>(milliseconds);
}

Graph::Graph(const Device& device, aiops_graph* handle)
    : device_(&device), handle_(handle, device.api().destroy_graph) {}

void Graph::launch(Stream& stream) const {
  call(device_->api().launch_graph, handle_.get(), stream.handle());
}

Graph::Capture::Capture(Stream& stream) : stream_(stream) {
  call(stream.device().api().begin_capture, stream.handle());
}

Graph::Capture::~Capture() {
  if (!open_) return;
  aiops_graph* recorded = nullptr;
  aiops_fault ignored{};
  const aiops_cuda_api& api = stream_.device().api();
  if (api.end_capture(stream_.handle(), &recorded, &ignored) == AIOPS_OK)
    api.destroy_graph(recorded);
}

Graph Graph::Capture::end() {
  open_ = false;
  aiops_graph* recorded = nullptr;
  call(stream_.device().api().end_capture, stream_.handle(), &recorded);
  return {stream_.device(), recorded};
}

}  // namespace aiops::kernels::device
