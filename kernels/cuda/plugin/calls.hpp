// SPDX-License-Identifier: Apache-2.0
// The functions behind the table of kernels/device/abi.h, by its names.
#pragma once

#include "kernels/device/abi.h"

#include <cstdint>

namespace aiops::kernels::cuda {

std::int32_t memory(aiops_device*, std::uint64_t* free, std::uint64_t* total, aiops_fault*);
std::int32_t allocate(aiops_device*, std::uint64_t bytes, void** memory, aiops_fault*);
void release(aiops_device*, void* memory);
std::int32_t allocate_pinned(aiops_device*, std::uint64_t bytes, void** memory, aiops_fault*);
void release_pinned(aiops_device*, void* memory);
std::int32_t copy(aiops_stream*, void* to, const void* from, std::uint64_t bytes, std::int32_t kind,
                  aiops_fault*);
std::int32_t fill(aiops_stream*, void* memory, std::int32_t byte, std::uint64_t bytes,
                  aiops_fault*);

std::int32_t read_counters(aiops_device*, aiops_counters*, aiops_fault*);

std::int32_t create_stream(aiops_device*, aiops_stream**, aiops_fault*);
void destroy_stream(aiops_stream*);
std::int32_t synchronise_stream(aiops_stream*, aiops_fault*);

std::int32_t create_event(aiops_device*, aiops_event**, aiops_fault*);
void destroy_event(aiops_event*);
std::int32_t record_event(aiops_event*, aiops_stream*, aiops_fault*);
std::int32_t wait_event(aiops_stream*, aiops_event*, aiops_fault*);
std::int32_t synchronise_event(aiops_event*, aiops_fault*);
std::int32_t elapsed(aiops_event* from, aiops_event* to, float* milliseconds, aiops_fault*);

std::int32_t begin_capture(aiops_stream*, aiops_fault*);
std::int32_t end_capture(aiops_stream*, aiops_graph**, aiops_fault*);
std::int32_t launch_graph(aiops_graph*, aiops_stream*, aiops_fault*);
void destroy_graph(aiops_graph*);

std::int32_t describe_peers(aiops_device*, aiops_peers_facts*, aiops_fault*);
std::int32_t make_id(aiops_device*, std::uint8_t* id, aiops_fault*);
std::int32_t join(aiops_device*, std::int32_t ranks, std::int32_t rank, const std::uint8_t* id,
                  const aiops_watch*, aiops_communicator**, aiops_fault*);
std::uint64_t sum_workspace(aiops_communicator*, std::uint64_t count);
std::int32_t sum(aiops_communicator*, aiops_stream*, float* values, std::uint64_t count,
                 void* workspace, std::uint64_t bytes, const aiops_watch*, aiops_fault*);
std::int32_t wait_for_peers(aiops_communicator*, aiops_stream*, const aiops_watch*, aiops_fault*);
void leave(aiops_communicator*);
void abandon(aiops_communicator*);

}  // namespace aiops::kernels::cuda
