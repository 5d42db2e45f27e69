// SPDX-License-Identifier: Apache-2.0
// One process's part in a circle of processes with a GPU each, which NCCL connects. Its calls do
// not block (NCCL User Guide, "Fault Tolerance"): whatever waits for other processes asks its
// caller again and again whether that is in vain, since a process that died would be waited for
// for ever.
#pragma once

#include "kernels/cuda/plugin/nccl.hpp"
#include "kernels/cuda/plugin/session.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

struct aiops_communicator {
  // Waits until all have joined; throws Error when one cannot, or `watch` gives up.
  aiops_communicator(aiops_device& on, int all, int own, const ncclUniqueId& id,
                     const aiops_watch& watch);
  ~aiops_communicator();  // abandons it, unless it was left
  aiops_communicator(const aiops_communicator&) = delete;
  aiops_communicator& operator=(const aiops_communicator&) = delete;

  // Throws unless NCCL said that it has done, or has begun, `doing`: "ncclAllReduce".
  void require(ncclResult_t said, const char* doing) const;
  // Waits until NCCL has done what it has begun, such as queueing on a stream.
  void settle(const char* doing, const aiops_watch& watch) const;
  void wait_for(cudaStream_t stream, const aiops_watch& watch) const;
  // Ends it together with the others, or at once when these take too long.
  void leave() noexcept;

  // What calls queue between the two ends of a group runs at once.
  void group(const std::function<void()>& calls, const aiops_watch& watch) const;

  aiops_device& device;
  const aiops::kernels::cuda::Nccl& nccl;
  const int ranks, rank;
  ncclComm_t handle = nullptr;

 private:
  ncclResult_t state() const;
};

namespace aiops::kernels::cuda {

// Adds up the values of all ranks, in whichever order NCCL likes.
void sum_by_nccl(const aiops_communicator& by, float* values, std::size_t count,
                 cudaStream_t stream, const aiops_watch& watch);

// The same in the order of the ranks: NCCL moves the values, and kernels of our own add them. What
// NCCL's sums are follows from the algorithm that it chooses, from topology and transports, and on
// NVLink switches from the call even (issues 157, 1461 and 1497 of NVIDIA/nccl); what would pin it
// are environment variables, and no promise of it was found. So the sums have the bits
// that the hosts' would have, wherever the ranks are.
// It goes piece by piece, of so many floats.
inline constexpr std::size_t kPiece = std::size_t{16} << 20;
void sum_in_order(const aiops_communicator& by, float* values, std::size_t count, float* scratch,
                  cudaStream_t stream, const aiops_watch& watch, std::size_t piece = kPiece);
// Floats that it needs.
std::size_t scratch_in_order(int ranks, std::size_t count, std::size_t piece = kPiece);

}  // namespace aiops::kernels::cuda
