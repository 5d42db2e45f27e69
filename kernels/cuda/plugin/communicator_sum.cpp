// SPDX-License-Identifier: Apache-2.0
// A sum in the order of the ranks goes piece by piece, so that its scratch is bounded. Of a piece,
// each rank owns a slice: the others send it theirs, it adds them up, and sends the sums to all. So
// as many values cross each link as in a ring.
#include "base/error.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/communicator.hpp"
#include "kernels/cuda/residual/residual.hpp"

#include <algorithm>

namespace aiops::kernels::cuda {
namespace {

constexpr std::size_t kPack = 4;  // floats that kernels read at once

struct Slice {
  float* begin;
  std::size_t count;
};

// A piece of the values, cut into slices that begin at packs; the last ones may be short, or empty.
struct Piece {
  float* values;
  std::size_t count;
  std::size_t each;

  Slice of(int rank) const {
    const std::size_t begin = std::min(static_cast<std::size_t>(rank) * each, count);
    return {values + begin, std::min(each, count - begin)};
  }
};

std::size_t slice_of(int ranks, std::size_t piece) {
  const auto all = static_cast<std::size_t>(ranks) * kPack;
  return (piece + all - 1) / all * kPack;
}

class SumInOrder {
 public:
  SumInOrder(const aiops_communicator& by, float* scratch, cudaStream_t stream,
             const aiops_watch& watch)
      : by_(by), scratch_(scratch), stream_(stream), watch_(watch) {}

  void add(const Piece& piece) const {
    const Slice own = piece.of(by_.rank);
    each_other([&](int other) {
      send(piece.of(other), other);
      receive(slot(piece, other), other);
    });
    add_up(piece, own);
    each_other([&](int other) {
      send(own, other);
      receive(piece.of(other), other);
    });
  }

 private:
  // Where the slice that this rank owns arrives from another.
  Slice slot(const Piece& piece, int from) const {
    return {scratch_ + static_cast<std::size_t>(from) * piece.each, piece.of(by_.rank).count};
  }

  void add_up(const Piece& piece, const Slice& own) const {
    if (own.count == 0) return;
    const auto term = [&](int rank) {
      return rank == by_.rank ? own.begin : slot(piece, rank).begin;
    };
    float* const sums = term(0);
    for (int rank = 1; rank < by_.ranks; ++rank)
      require_queued(residual_add(static_cast<std::int64_t>(own.count),
                                  static_cast<const float*>(term(rank)), sums, stream_));
    if (sums != own.begin)
      check(cudaMemcpyAsync(own.begin, sums, own.count * sizeof(float), cudaMemcpyDeviceToDevice,
                            stream_),
            "cudaMemcpyAsync");
  }

  void each_other(const std::function<void(int other)>& calls) const {
    by_.group(
        [&] {
          for (int other = 0; other < by_.ranks; ++other)
            if (other != by_.rank) calls(other);
        },
        watch_);
  }
  void send(const Slice& slice, int to) const {
    if (slice.count > 0)
      by_.require(by_.nccl.ncclSend(slice.begin, slice.count, ncclFloat, to, by_.handle, stream_),
                  "ncclSend");
  }
  void receive(const Slice& slice, int from) const {
    if (slice.count > 0)
      by_.require(by_.nccl.ncclRecv(slice.begin, slice.count, ncclFloat, from, by_.handle, stream_),
                  "ncclRecv");
  }

  const aiops_communicator& by_;
  float* scratch_;
  cudaStream_t stream_;
  const aiops_watch& watch_;
};

}  // namespace

void sum_by_nccl(const aiops_communicator& by, float* values, std::size_t count,
                 cudaStream_t stream, const aiops_watch& watch) {
  if (count == 0) return;
  by.require(by.nccl.ncclAllReduce(values, values, count, ncclFloat, ncclSum, by.handle, stream),
             "ncclAllReduce");
  by.settle("ncclAllReduce", watch);
}

std::size_t scratch_in_order(int ranks, std::size_t count, std::size_t piece) {
  return static_cast<std::size_t>(ranks) * slice_of(ranks, std::min(count, piece));
}

void sum_in_order(const aiops_communicator& by, float* values, std::size_t count, float* scratch,
                  cudaStream_t stream, const aiops_watch& watch, std::size_t piece) {
  if (by.ranks == 1) return;
  const SumInOrder sum(by, scratch, stream, watch);
  for (std::size_t done = 0; done < count; done += piece) {
    const std::size_t size = std::min(piece, count - done);
    sum.add({values + done, size, slice_of(by.ranks, size)});
  }
}

}  // namespace aiops::kernels::cuda
