// SPDX-License-Identifier: Apache-2.0
// A CUDA runtime without a GPU, for the tests of the plug-in. It keeps the contract of the real one
// and takes every liberty that the contract leaves:
//
//  - Work is queued and runs as late as it may: when somebody waits for it. What two streams queue
//    without an event between them runs in whichever order a test chooses, so that a missing event
//    shows as wrong numbers.
//  - Device memory cannot be touched by the host: outside of running work its pages are closed, and
//    behind every allocation lies a page that stays closed. What nobody wrote is NaN.
//  - Copies must be between device memory and pinned host memory, whole, in the direction that they
//    say. Memory must not be freed while queued work touches it. Nothing runs on the default
//    stream.
//  - Kernels of our own are queued as all work is; the executor of tests/simt runs their source,
//    with every check that it has, on the same device memory.
//
// What breaks a rule is a complaint: it is printed, kept for the test, and makes the call, or the
// next one that waits, fail. What is not modelled does not link.
//
// FAKE_CUDART_DRIVER (a version, 0 for none), FAKE_CUDART_DEVICES (how many), FAKE_CUDART_FIRST
// (of how many that others see is this process's first one), FAKE_CUDART_NAME ("Fake GPU"),
// FAKE_CUDART_CAPABILITY ("9.0"), FAKE_CUDART_ORDER (lazy, eager, or a number to shuffle by) and
// FAKE_CUDART_THREADS (forward, reverse, or a number to shuffle by) describe the machine.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aiops::fakes {

// Memory that a piece of work reads or writes.
struct Range {
  const void* begin;
  std::size_t bytes;
};

// One piece of work. It may run more than once: what is recorded into a graph does.
struct Work {
  std::string what;
  std::vector<Range> touches;
  std::vector<Range> writes = {};  // those of device memory that it leaves numbers in
  std::function<void()> run;
  std::function<bool()> ready = {};  // until when it waits for another process; empty: it does not
};

// Queues work as a library of NVIDIA's would, or records it while the stream captures.
cudaError_t enqueue(cudaStream_t stream, Work work);

// What a library may ask of a stream, of memory and of the calling thread.
bool is_live(cudaStream_t stream);
bool captures(cudaStream_t stream);
int device_of(cudaStream_t stream);
int device_of(const void* memory);  // -1: no device has it
int current_device();
std::string pci_of(int device);

// What is wrong with memory that the device is to reach: nothing, or "is not in device memory".
std::optional<std::string> fault_of(const Range& range);

// As FAKE_CUDART_DEVICES.
void set_devices(int devices);

enum class Order {
  lazy,      // only what is waited for
  eager,     // all that other streams can do first
  shuffled,  // one stream after the other, by chance
};
void set_order(Order order, std::uint64_t seed = 0);

enum class ThreadOrder { forward, reverse, shuffled };  // in which the threads of kernels run
void set_thread_order(ThreadOrder order, std::uint64_t seed = 0);

// What ran since the last call: "cublasLtMatmul", or the name of a kernel.
std::vector<std::string> take_history();

// How many graphs were recorded and launched since the last call.
struct GraphCount {
  std::size_t recorded = 0, launched = 0;
};
GraphCount take_graphs();

void complain(const std::string& what);
// The complaints since the last call. Errors that they left behind are forgotten.
std::vector<std::string> take_complaints();

}  // namespace aiops::fakes
