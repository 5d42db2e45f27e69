// SPDX-License-Identifier: Apache-2.0
// Streams, events, and graphs recorded from a stream.
#include "kernels/cuda/plugin/calls.hpp"
#include "kernels/cuda/plugin/fault.hpp"
#include "kernels/cuda/plugin/session.hpp"

namespace aiops::kernels::cuda {

std::int32_t create_stream(aiops_device* device, aiops_stream** stream, aiops_fault* fault) {
  return guarded(fault, [&] { *stream = new aiops_stream(*device); });
}

void destroy_stream(aiops_stream* stream) { delete stream; }

std::int32_t synchronise_stream(aiops_stream* stream, aiops_fault* fault) {
  return guarded(fault,
                 [&] { check(cudaStreamSynchronize(stream->stream), "cudaStreamSynchronize"); });
}

std::int32_t create_event(aiops_device* device, aiops_event** event, aiops_fault* fault) {
  return guarded(fault, [&] { *event = new aiops_event(*device); });
}

void destroy_event(aiops_event* event) { delete event; }

std::int32_t record_event(aiops_event* event, aiops_stream* stream, aiops_fault* fault) {
  return guarded(fault, [&] {
    stream->device.use();
    check(cudaEventRecord(event->event, stream->stream), "cudaEventRecord");
  });
}

std::int32_t wait_event(aiops_stream* stream, aiops_event* event, aiops_fault* fault) {
  return guarded(fault, [&] {
    stream->device.use();
    check(cudaStreamWaitEvent(stream->stream, event->event, 0), "cudaStreamWaitEvent");
  });
}

std::int32_t synchronise_event(aiops_event* event, aiops_fault* fault) {
  return guarded(fault, [&] { check(cudaEventSynchronize(event->event), "cudaEventSynchronize"); });
}

std::int32_t elapsed(aiops_event* from, aiops_event* to, float* milliseconds, aiops_fault* fault) {
  return guarded(fault, [&] {
    check(cudaEventElapsedTime(milliseconds, from->event, to->event), "cudaEventElapsedTime");
  });
}

// What this thread does meanwhile and could not be recorded fails instead of being left out; other
// threads may go on.
std::int32_t begin_capture(aiops_stream* stream, aiops_fault* fault) {
  return guarded(fault, [&] {
    stream->device.use();
    check(cudaStreamBeginCapture(stream->stream, cudaStreamCaptureModeThreadLocal),
          "cudaStreamBeginCapture");
  });
}

std::int32_t end_capture(aiops_stream* stream, aiops_graph** graph, aiops_fault* fault) {
  return guarded(fault, [&] {
    cudaGraph_t recorded = nullptr;
    check(cudaStreamEndCapture(stream->stream, &recorded), "cudaStreamEndCapture");
    *graph = new aiops_graph(recorded);
  });
}

std::int32_t launch_graph(aiops_graph* graph, aiops_stream* stream, aiops_fault* fault) {
  return guarded(fault, [&] {
    stream->device.use();
    check(cudaGraphLaunch(graph->graph, stream->stream), "cudaGraphLaunch");
  });
}

void destroy_graph(aiops_graph* graph) { delete graph; }

}  // namespace aiops::kernels::cuda
