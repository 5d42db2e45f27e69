// SPDX-License-Identifier: Apache-2.0
// Where operators run: on the threads of the CPU, or on a device. What computes with operators is
// written once, against this: it says each operator's parameters in the words of
// kernels/device/operators.h, with pointers into memory that the backend gave. On the CPU that is
// memory like any other and every call is done when it returns; on a device calls are queued, in
// order, and only read() and the host's side of a Twin wait for them.
//
// Two types: products() is what matrix products round their operands to, elements() is what
// activations are kept in. They differ on the CPU, which keeps fp32 in any case.
#pragma once

#include "kernels/arena.hpp"
#include "kernels/device/operators.h"
#include "kernels/elements.hpp"
#include "kernels/gemm.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace aiops {
class ThreadPool;
}

namespace aiops::kernels {
namespace device {
class Communicator;
}

class Backend {
 public:
  virtual ~Backend() = default;

  virtual aiops_type products() const = 0;
  virtual aiops_type elements() const = 0;
  std::int64_t bytes_each() const { return elements() == AIOPS_BF16 ? 2 : 4; }

  // ---- memory ----
  // Whether the host reads and writes the backend's memory.
  virtual bool is_host() const = 0;
  // Zeros that operators work on. Throws Error{failed} when there is not that much.
  virtual Arena memory(std::uint64_t floats) = 0;
  // The same for parameters: products read them rounded to elements(), which rounded() finds.
  virtual Arena parameter_memory(std::uint64_t floats) = 0;
  // The same for parameters that no operator changes. Where they are rounded there is the copy
  // alone, and `here`, on the host, stands for what operators would find.
  virtual Arena frozen_memory(std::uint64_t floats, const Arena& here) = 0;
  // What products read in place of a parameter; the parameter itself where nothing is rounded.
  virtual const void* rounded(const float* parameter) const = 0;
  // The same for who writes parameters: null where nothing is rounded.
  virtual void* copy_of(const float* parameter) const = 0;
  // Zeros of the host that copies to a device are fast from.
  virtual Arena host_memory(std::uint64_t floats) = 0;

  // Runs `look`, whose downloads only begin, and of which the host only reads what came: what
  // operators change from now on is not in it. What is returned waits, on any thread, until
  // everything is there; it must be called before the next snapshot.
  using Arrival = std::function<void()>;
  virtual Arrival snapshot(const std::function<void()>& look) = 0;
  virtual bool is_taking_snapshot() const = 0;
  virtual void await_snapshot() = 0;  // the last one, which may have arrived

  virtual void upload(const Arena& here, const Arena& there) = 0;
  virtual void download(const Arena& there, const Arena& here) = 0;
  virtual void clear(void* memory, std::uint64_t bytes) = 0;
  // The host's numbers, over those of the backend.
  virtual void write(std::span<const float> here, float* there) = 0;
  // How often operators have updated the parameters around this one.
  virtual std::uint64_t updates_of(const float* memory) const = 0;

  // ---- what a pass is told and tells ----
  // What was staged before may be overwritten.
  virtual void begin_staging() = 0;
  // Where operators find these elements until the next begin_staging().
  template <typename Element>
  const Element* stage(std::span<const Element> elements) {
    return reinterpret_cast<const Element*>(stage_bytes(std::as_bytes(elements)));
  }
  // `count` numbers of the backend's memory as the host reads them, valid until the next read().
  virtual std::span<const float> read(Elements from, std::int64_t count) = 0;
  virtual std::span<const double> read(const double* from, std::int64_t count) = 0;
  // Room for `count` results of operators, valid until the next call.
  virtual double* results(std::int64_t count) = 0;

  // ---- several processes ----
  // Adds what the others have in their parts, on devices, and waits until that is done. `watch` is
  // for Communicator::sum. Only where the host does not have the memory.
  virtual void sum(device::Communicator& processes, std::span<const std::span<float>> parts,
                   const std::function<void()>& watch) = 0;

  // ---- operators ----
  // What `work` runs is one pass: queued when it returns at the latest, and as a whole where it is
  // like one before. Not for read(), which waits for what is queued.
  virtual void pass(const std::function<void()>& work) = 0;
#define AIOPS_RUN(name) virtual void run(const aiops_##name& parameters) = 0;
  AIOPS_DEVICE_OPERATORS(AIOPS_RUN)
#undef AIOPS_RUN

 private:
  virtual const std::byte* stage_bytes(std::span<const std::byte> bytes) = 0;
};

// The CPU. Keeps the pool, which must outlive it.
std::unique_ptr<Backend> cpu_backend(ThreadPool& threads, Precision products = Precision::fp32);

}  // namespace aiops::kernels
