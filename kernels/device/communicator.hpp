// SPDX-License-Identifier: Apache-2.0
// Several processes, each with a GPU of its own, that sum numbers which lie there: the rank of one
// of them. Every rank makes the same calls in the same order.
#pragma once

#include "kernels/device/device.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace aiops::kernels::device {

// Called again and again while a call waits for the other ranks; what it throws when one of them
// has failed or is gone, the call throws. Without it, a call would wait for ever.
using Watch = std::function<void()>;

class Communicator {
 public:
  using Id = std::array<std::uint8_t, AIOPS_ID_BYTES>;

  // What connects the ranks, and which GPU this is. Throws Error{no_gpu} where the library is
  // missing.
  struct Facts {
    std::string library;  // "NCCL 2.28.9"
    std::string pci;      // "0000:01:00.0"
  };
  static Facts describe(const Device& device);

  // For one rank to make and all to have.
  static Id make_id(const Device& device);

  // Waits for all of them. Throws Error{failed} when NCCL refuses, as two ranks on one GPU.
  Communicator(std::shared_ptr<const Device> device, int ranks, int rank, const Id& id,
               const Watch& watch);

  // Bytes of scratch that a sum needs.
  std::uint64_t workspace(std::uint64_t count) const;
  // In place. With Determinism::on the terms are added in the order of the ranks, and else in one
  // that NCCL chooses.
  void sum(Stream& stream, float* values, std::uint64_t count, const Memory& workspace,
           const Watch& watch);
  // For what is queued on the stream, sums among it.
  void wait(Stream& stream, const Watch& watch);
  // No more sums, once every rank has waited for the last one: all of them leave. A communicator
  // that ends without is abandoned, and what it has queued with it.
  void leave();

  const Device& device() const { return *device_; }

 private:
  std::shared_ptr<const Device> device_;
  std::unique_ptr<aiops_communicator, void (*)(aiops_communicator*)> handle_;
};

}  // namespace aiops::kernels::device
