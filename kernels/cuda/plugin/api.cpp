// SPDX-License-Identifier: Apache-2.0
// The one function that the plug-in exports, and the table that it gives.
#include "base/version.hpp"
#include "kernels/cuda/cudnn/engine.hpp"
#include "kernels/cuda/plugin/calls.hpp"
#include "kernels/cuda/plugin/fault.hpp"
#include "kernels/cuda/plugin/inspection.hpp"
#include "kernels/cuda/plugin/operators.hpp"

#include <iterator>

namespace aiops::kernels::cuda {
namespace {

std::int32_t open(const aiops_cuda_options* options, aiops_device** device, aiops_fault* fault) {
  return guarded(fault, [&] { *device = new aiops_device(*options); });
}

void close(aiops_device* device) { delete device; }

void inspect_chain(const aiops_cuda_options* options, aiops_inspection* inspection) {
  inspect(*options, *inspection);
}

template <typename Parameters>
std::int32_t workspace_of(aiops_device* device, const void* parameters, std::uint64_t* bytes,
                          aiops_fault* fault) {
  return guarded(fault, [&] {
    device->use();
    *bytes = workspace(*device, *static_cast<const Parameters*>(parameters));
  });
}

template <typename Parameters>
std::int32_t launch_with(aiops_stream* stream, const void* parameters, void* scratch,
                         std::uint64_t bytes, aiops_fault* fault) {
  return guarded(fault, [&] {
    stream->device.use();
    launch(Place{stream->device, stream->stream, scratch, bytes},
           *static_cast<const Parameters*>(parameters));
  });
}

#define AIOPS_ROW(name) \
  {#name, sizeof(aiops_##name), workspace_of<aiops_##name>, launch_with<aiops_##name>},
constexpr aiops_operator kOperators[] = {AIOPS_DEVICE_OPERATORS(AIOPS_ROW)};
#undef AIOPS_ROW

constexpr aiops_cuda_api kApi{
    .abi = AIOPS_CUDA_ABI,
    .bytes = sizeof(aiops_cuda_api),
    .version = kVersion,
    .architectures = AIOPS_CUDA_ARCHITECTURES,
    .hardware = "never",
    .operators = std::size(kOperators),
    .operator_table = kOperators,
    .inspect = inspect_chain,
    .open = open,
    .close = close,
    .memory = memory,
    .allocate = allocate,
    .release = release,
    .allocate_pinned = allocate_pinned,
    .release_pinned = release_pinned,
    .create_stream = create_stream,
    .destroy_stream = destroy_stream,
    .synchronise_stream = synchronise_stream,
    .create_event = create_event,
    .destroy_event = destroy_event,
    .record_event = record_event,
    .wait_event = wait_event,
    .synchronise_event = synchronise_event,
    .elapsed = elapsed,
    .copy = copy,
    .fill = fill,
    .begin_capture = begin_capture,
    .end_capture = end_capture,
    .launch_graph = launch_graph,
    .destroy_graph = destroy_graph,
    .read_counters = read_counters,
    .describe_peers = describe_peers,
    .make_id = make_id,
    .join = join,
    .sum_workspace = sum_workspace,
    .sum = sum,
    .wait_for_peers = wait_for_peers,
    .leave = leave,
    .abandon = abandon,
    .find_engine = find_engine,
};

}  // namespace
}  // namespace aiops::kernels::cuda

extern "C" __attribute__((visibility("default"))) const aiops_cuda_api* aiops_cuda_plugin() {
  return &aiops::kernels::cuda::kApi;
}
