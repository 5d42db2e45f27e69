// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/communicator.hpp"

#include "base/error.hpp"

#include <exception>
#include <utility>

namespace aiops::kernels::device {
namespace {

// Asks a Watch for the plug-in, which no exception may cross: what it throws is kept, and thrown
// when the call has come back.
class Asked {
 public:
  explicit Asked(const Watch& watch) : watch_(watch) {}

  template <typename Function, typename... Arguments>
  void call(Function function, Arguments... arguments) {
    aiops_fault fault{};
    const std::int32_t code = function(arguments..., &fault);
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    require(code, fault);
  }
  const aiops_watch* handle() const { return &handle_; }

 private:
  static std::int32_t is_vain(void* self) {
    auto& asked = *static_cast<Asked*>(self);
    try {
      if (asked.watch_) asked.watch_();
      return 0;
    } catch (...) {
      asked.thrown_ = std::current_exception();
      return 1;
    }
  }

  const Watch& watch_;
  std::exception_ptr thrown_;
  aiops_watch handle_{is_vain, this};
};

}  // namespace

Communicator::Facts Communicator::describe(const Device& device) {
  aiops_peers_facts facts{};
  aiops_fault fault{};
  require(device.api().describe_peers(device.handle(), &facts, &fault), fault);
  return {facts.library, facts.pci};
}

Communicator::Id Communicator::make_id(const Device& device) {
  Id id{};
  aiops_fault fault{};
  require(device.api().make_id(device.handle(), id.data(), &fault), fault);
  return id;
}

Communicator::Communicator(std::shared_ptr<const Device> device, int ranks, int rank, const Id& id,
                           const Watch& watch)
    : device_(std::move(device)), handle_(nullptr, device_->api().abandon) {
  aiops_communicator* handle = nullptr;
  Asked asked(watch);
  asked.call(device_->api().join, device_->handle(), ranks, rank, id.data(), asked.handle(),
             &handle);
  handle_.reset(handle);
}

std::uint64_t Communicator::workspace(std::uint64_t count) const {
  return device_->api().sum_workspace(handle_.get(), count);
}

void Communicator::sum(Stream& stream, float* values, std::uint64_t count, const Memory& workspace,
                       const Watch& watch) {
  Asked asked(watch);
  asked.call(device_->api().sum, handle_.get(), stream.handle(), values, count, workspace.data(),
             workspace.size(), asked.handle());
}

void Communicator::wait(Stream& stream, const Watch& watch) {
  Asked asked(watch);
  asked.call(device_->api().wait_for_peers, handle_.get(), stream.handle(), asked.handle());
}

void Communicator::leave() { device_->api().leave(handle_.release()); }

}  // namespace aiops::kernels::device
