// SPDX-License-Identifier: Apache-2.0
// The runtime's functions about streams, events and graphs.
#include "tests/fakes/cudart/machine.hpp"

#include <utility>

using aiops::fakes::Await;
using aiops::fakes::end_call;
using aiops::fakes::Event;
using aiops::fakes::Locked;
using aiops::fakes::Machine;
using aiops::fakes::Mark;
using aiops::fakes::Queue;
using aiops::fakes::queue_of;
using aiops::fakes::Reach;
using aiops::fakes::Recording;

namespace {

template <typename Object, typename Handle>
Object* live(Machine& machine, Handle handle) {
  return machine.live.contains(handle) ? reinterpret_cast<Object*>(handle) : nullptr;
}

template <typename Object, typename Handle>
cudaError_t destroy(Handle handle, const char* call) {
  const Locked machine;
  Object* object = live<Object>(*machine, handle);
  if (object == nullptr) return machine->refuse(std::string(call) + " of what is not there");
  machine->live.erase(handle);
  delete object;
  return end_call(*machine, cudaSuccess);
}

template <typename Object, typename Handle>
cudaError_t create(Handle* handle, Object* object) {
  const Locked machine;
  *handle = reinterpret_cast<Handle>(object);
  machine->live.insert(*handle);
  return end_call(*machine, cudaSuccess);
}

}  // namespace

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  const Locked machine;
  if (flags != cudaStreamNonBlocking)
    return machine->refuse("a stream that waits for the default stream");
  *stream =
      reinterpret_cast<cudaStream_t>(machine->scheduler.create(aiops::fakes::current_device()));
  return end_call(*machine, cudaSuccess);
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const Locked machine;
  Queue* queue = queue_of(stream);
  if (!machine->scheduler.is_live(queue))
    return machine->refuse("cudaStreamDestroy of what is not there");
  if (queue->captures) return machine->refuse("cudaStreamDestroy while it captures");
  machine->scheduler.destroy(queue);
  return end_call(*machine, cudaSuccess);
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  const Locked machine;
  if (const auto status = machine->unusable(stream, "cudaStreamSynchronize")) return *status;
  if (queue_of(stream)->captures) return machine->refuse("waiting for a stream that captures");
  machine->scheduler.finish(*queue_of(stream));
  return end_call(*machine, cudaSuccess);
}

// Says that work is done when it was asked once more: the answer is that of a moment ago.
cudaError_t cudaStreamQuery(cudaStream_t stream) {
  const Locked machine;
  if (const auto status = machine->unusable(stream, "cudaStreamQuery")) return *status;
  Queue& queue = *queue_of(stream);
  if (queue.captures) return machine->refuse("asking a stream that captures");
  const bool was_done = queue.steps.empty();
  machine->scheduler.advance(queue);
  return end_call(*machine, was_done ? cudaSuccess : cudaErrorNotReady);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t handle, unsigned) {
  const Locked machine;
  if (const auto status = machine->unusable(stream, "cudaStreamWaitEvent")) return *status;
  const auto* event = live<Event>(*machine, handle);
  if (event == nullptr) return machine->refuse("waiting for an event that is not there");
  if (event->mark == nullptr) return machine->refuse("waiting for an event before its record");
  if (queue_of(stream)->captures) return machine->refuse("an event in a capture");
  queue_of(stream)->steps.emplace_back(Await{event->mark});
  return end_call(*machine, cudaSuccess);
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  return create(event, new Event);
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return destroy<Event>(event, "cudaEventDestroy");
}

cudaError_t cudaEventRecord(cudaEvent_t handle, cudaStream_t stream) {
  const Locked machine;
  if (const auto status = machine->unusable(stream, "cudaEventRecord")) return *status;
  auto* event = live<Event>(*machine, handle);
  if (event == nullptr) return machine->refuse("recording an event that is not there");
  if (queue_of(stream)->captures) return machine->refuse("an event in a capture");
  event->mark = std::make_shared<Mark>(Mark{queue_of(stream)});
  queue_of(stream)->steps.emplace_back(Reach{event->mark});
  return end_call(*machine, cudaSuccess);
}

cudaError_t cudaEventSynchronize(cudaEvent_t handle) {
  const Locked machine;
  const auto* event = live<Event>(*machine, handle);
  if (event == nullptr || event->mark == nullptr)
    return machine->refuse("waiting for an event that was not recorded");
  machine->scheduler.finish(*event->mark);
  return end_call(*machine, cudaSuccess);
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
  const Locked machine;
  const auto* begin = live<Event>(*machine, from);
  const auto* end = live<Event>(*machine, to);
  for (const auto* event : {begin, end})
    if (event == nullptr || event->mark == nullptr || !event->mark->reached)
      return machine->refuse("the time between events that were not reached");
  *milliseconds = static_cast<float>(end->mark->tick - begin->mark->tick);
  return end_call(*machine, cudaSuccess);
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  const Locked machine;
  if (const auto status = machine->unusable(stream, "cudaStreamBeginCapture")) return *status;
  if (queue_of(stream)->captures) return machine->refuse("a capture within a capture");
  queue_of(stream)->captures = true;
  return end_call(*machine, cudaSuccess);
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  const Locked machine;
  if (const auto status = machine->unusable(stream, "cudaStreamEndCapture")) return *status;
  Queue& queue = *queue_of(stream);
  if (!queue.captures) return machine->refuse("the end of a capture that was not begun");
  queue.captures = false;
  return create(graph, new Recording{std::exchange(queue.recorded, {})});
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph,
                                 unsigned long long flags) {
  const Locked machine;
  const auto* recording = live<Recording>(*machine, graph);
  if (recording == nullptr || flags != 0) return machine->refuse("an unknown graph, or flags");
  ++machine->graphs.recorded;
  return create(executable, new Recording(*recording));
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  return destroy<Recording>(graph, "cudaGraphDestroy");
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graph) {
  return destroy<Recording>(graph, "cudaGraphExecDestroy");
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t graph, cudaStream_t stream) {
  const Locked machine;
  if (const auto status = machine->unusable(stream, "cudaGraphLaunch")) return *status;
  const auto* recording = live<Recording>(*machine, graph);
  if (recording == nullptr) return machine->refuse("cudaGraphLaunch of what is not there");
  ++machine->graphs.launched;
  for (const auto& work : recording->works)
    if (const cudaError_t status = enqueue(stream, work); status != cudaSuccess) return status;
  return end_call(*machine, cudaSuccess);
}
