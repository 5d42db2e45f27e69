// SPDX-License-Identifier: Apache-2.0
// What a communicator of the stand-in is. It takes the liberties that NCCL's documentation leaves:
// joining and queueing are done only when they were asked for a few times, a rank that is gone is
// waited for for ever and nobody is told, a sum is added from the last rank down.
#pragma once

#include "tests/fakes/cudart/fake_cudart.hpp"
#include "tests/fakes/nccl/meeting.hpp"

#include <memory>
#include <string>
#include <vector>

// One operation on the device, as it was called.
struct FakeNcclCall {
  enum class Kind { sum, send, receive } kind;
  const void* from;
  void* to;
  std::size_t count;
  int peer;  // of a message
  cudaStream_t stream;

  std::size_t bytes() const { return count * sizeof(float); }
};

struct ncclComm : std::enable_shared_from_this<ncclComm> {
  enum class State { joining, idle, queueing, leaving, failed };

  ncclComm(std::shared_ptr<aiops::fakes::Meeting> where, int ranks, int rank);
  ncclResult_t join();
  // Refuses a call that is wrong in itself.
  ncclResult_t look_at(const FakeNcclCall& call, const char* name);
  ncclResult_t queue(std::vector<FakeNcclCall> calls);
  ncclResult_t finalise();
  ncclResult_t ask();  // how it stands
  // True when everything is done and all have left.
  bool has_left() const { return state_ == State::leaving && all_left(); }
  void abort();

  const std::string& last_error() const { return last_error_; }
  // Breaks the contract.
  ncclResult_t refuse(const std::string& what, ncclResult_t result = ncclInvalidUsage);

 private:
  ncclResult_t fail(ncclResult_t result, const std::string& why);
  ncclResult_t ask_joining();
  ncclResult_t begin();
  cudaError_t begin(const FakeNcclCall& call);
  cudaError_t begin_sum(const FakeNcclCall& call);
  cudaError_t begin_send(const FakeNcclCall& call);
  cudaError_t begin_receive(const FakeNcclCall& call);
  void add_up(const FakeNcclCall& call, std::uint64_t number);
  cudaError_t enqueue(const FakeNcclCall& call, const std::string& what,
                      const std::function<bool()>& ready, const std::function<void()>& run);
  bool all_left() const;
  aiops::fakes::Member& member(int rank) const;

  std::shared_ptr<aiops::fakes::Meeting> meeting_;
  int ranks_, rank_, device_;
  State state_ = State::joining;
  ncclResult_t error_ = ncclSuccess;
  std::string last_error_;
  int asked_ = 0;  // since something began
  std::atomic<bool> is_aborted_ = false;
  std::vector<FakeNcclCall> calls_;  // to be queued
  std::uint64_t launches_ = 0, sums_ = 0;
  std::atomic<std::size_t> queued_ = 0;  // on streams, and not done
  std::array<std::uint64_t, aiops::fakes::kMostRanks> sent_{}, received_{};
};
