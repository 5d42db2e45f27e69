// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/nccl/communicator.hpp"

#include <algorithm>
#include <cstring>

using aiops::fakes::kMostBytes;
using aiops::fakes::kMostRanks;
using aiops::fakes::kSlots;
using aiops::fakes::Lane;
using aiops::fakes::Member;
using aiops::fakes::Presence;
using aiops::fakes::Range;
using aiops::fakes::Work;

namespace {

constexpr int kPatience = 3;  // questions before something is done

bool overlap(const Range& a, const Range& b) {
  const auto* one = static_cast<const std::byte*>(a.begin);
  const auto* other = static_cast<const std::byte*>(b.begin);
  return one < other + b.bytes && other < one + a.bytes;
}

Range range_of(const FakeNcclCall& call) {
  return {call.kind == FakeNcclCall::Kind::receive ? call.to : call.from, call.bytes()};
}

std::string in_quotes(int rank) { return "rank " + std::to_string(rank); }

}  // namespace

ncclComm::ncclComm(std::shared_ptr<aiops::fakes::Meeting> where, int ranks, int rank)
    : meeting_(std::move(where)),
      ranks_(ranks),
      rank_(rank),
      device_(aiops::fakes::current_device()) {}

Member& ncclComm::member(int rank) const {
  return meeting_->table().members[static_cast<std::size_t>(rank)];
}

ncclResult_t ncclComm::refuse(const std::string& what, ncclResult_t result) {
  aiops::fakes::complain("NCCL: " + what);
  last_error_ = what;
  return result;
}

ncclResult_t ncclComm::fail(ncclResult_t result, const std::string& why) {
  state_ = State::failed;
  last_error_ = why;
  return error_ = result;
}

ncclResult_t ncclComm::join() {
  Member& own = member(rank_);
  if (own.presence.load() != Presence::none)
    return refuse(in_quotes(rank_) + " joins twice", ncclInvalidArgument);
  own.ranks = ranks_;
  const std::string pci = aiops::fakes::pci_of(device_);
  std::copy_n(pci.c_str(), pci.size() + 1, own.pci.begin());
  own.presence.store(Presence::joined);
  return ncclInProgress;
}

ncclResult_t ncclComm::ask_joining() {
  for (int rank = 0; rank < ranks_; ++rank)
    if (member(rank).presence.load() == Presence::none) return ncclInProgress;
  for (int rank = 0; rank < ranks_; ++rank)
    if (member(rank).ranks != ranks_)
      return fail(ncclInvalidArgument, in_quotes(rank) + " counts other ranks");
  for (int rank = 0; rank < ranks_; ++rank)
    for (int other = 0; other < rank; ++other)
      if (member(rank).pci == member(other).pci)  // "Duplicate GPU detected", src/init.cc of NCCL
        return fail(ncclInvalidUsage, "Duplicate GPU detected : " + in_quotes(other) + " and " +
                                          in_quotes(rank) + " both on CUDA device " +
                                          member(rank).pci.data());
  state_ = State::idle;
  return ncclSuccess;
}

ncclResult_t ncclComm::ask() {
  if (state_ == State::failed) return error_;
  if (state_ == State::idle) return ncclSuccess;
  if (++asked_ < kPatience) return ncclInProgress;
  if (state_ == State::joining) return ask_joining();
  if (state_ == State::leaving) return all_left() ? ncclSuccess : ncclInProgress;
  return begin();
}

ncclResult_t ncclComm::look_at(const FakeNcclCall& call, const char* name) {
  using namespace aiops::fakes;
  if (state_ == State::failed) return error_;
  const auto wrong = [&](const std::string& what) {
    return refuse(std::string(name) + ": " + what, ncclInvalidArgument);
  };
  if (state_ != State::idle) return wrong("the communicator has not done what it began");
  if (current_device() != device_) return wrong("another device is current");
  if (call.stream == nullptr || !is_live(call.stream)) return wrong("on no stream");
  if (device_of(call.stream) != device_) return wrong("on a stream of another device");
  if (captures(call.stream)) return wrong("on a stream that captures, which is not modelled");
  if (call.bytes() > kMostBytes) return wrong("more elements than are modelled");
  if (call.kind != FakeNcclCall::Kind::sum && (call.peer < 0 || call.peer >= ranks_))
    return wrong("there is no " + in_quotes(call.peer));
  if (call.kind != FakeNcclCall::Kind::sum && call.peer == rank_)
    return wrong("a message to oneself, which is not modelled");
  for (const void* memory : {call.from, static_cast<const void*>(call.to)}) {
    if (memory == nullptr || call.count == 0) continue;
    if (const auto fault = fault_of({memory, call.bytes()})) return wrong(*fault);
    if (device_of(memory) != device_) return wrong("memory that is not the device's");
  }
  return ncclSuccess;
}

ncclResult_t ncclComm::queue(std::vector<FakeNcclCall> calls) {
  std::erase_if(calls, [](const FakeNcclCall& call) { return call.count == 0; });
  for (std::size_t i = 0; i < calls.size(); ++i)
    for (std::size_t j = 0; j < calls.size(); ++j) {
      if (i == j) continue;
      if (calls[i].kind == FakeNcclCall::Kind::receive &&
          overlap(range_of(calls[i]), range_of(calls[j])))
        return refuse("a group receives what another of its calls touches");
      if (i < j && calls[i].kind == calls[j].kind && calls[i].peer == calls[j].peer)
        return refuse("a group has two alike calls for one rank, which is not modelled");
    }
  // What is sent leaves before anything is waited for.
  std::stable_partition(calls.begin(), calls.end(), [](const FakeNcclCall& call) {
    return call.kind != FakeNcclCall::Kind::receive;
  });
  calls_ = std::move(calls);
  state_ = State::queueing;
  asked_ = 0;
  return ncclInProgress;
}

ncclResult_t ncclComm::begin() {
  ++launches_;
  for (const FakeNcclCall& call : calls_)
    if (begin(call) != cudaSuccess)
      return fail(ncclUnhandledCudaError, "a stream does not take the work");
  calls_.clear();
  state_ = State::idle;
  return ncclSuccess;
}

cudaError_t ncclComm::begin(const FakeNcclCall& call) {
  if (call.kind == FakeNcclCall::Kind::sum) return begin_sum(call);
  return call.kind == FakeNcclCall::Kind::send ? begin_send(call) : begin_receive(call);
}

// An aborted communicator's work is nothing, and waits for nobody.
cudaError_t ncclComm::enqueue(const FakeNcclCall& call, const std::string& what,
                              const std::function<bool()>& ready,
                              const std::function<void()>& run) {
  Work work{.what = what, .touches = {}, .run = {}};
  if (call.from != nullptr) work.touches.push_back({call.from, call.bytes()});
  if (call.to != nullptr) work.touches.push_back({call.to, call.bytes()});
  if (call.to != nullptr) work.writes.push_back({call.to, call.bytes()});
  const auto self = shared_from_this();
  work.ready = [self, ready] { return self->is_aborted_ || ready(); };
  work.run = [self, run] {
    --self->queued_;
    if (!self->is_aborted_) run();
  };
  ++queued_;
  return aiops::fakes::enqueue(call.stream, std::move(work));
}

cudaError_t ncclComm::begin_send(const FakeNcclCall& call) {
  const auto to = static_cast<std::size_t>(call.peer);
  Lane& lane = meeting_->table().lanes[static_cast<std::size_t>(rank_)][to];
  const std::uint64_t number = sent_[to]++;
  return enqueue(
      call, "ncclSend", [&lane, number] { return number < lane.taken.load() + kSlots; },
      [this, call, &lane, number] {
        std::memcpy(meeting_->message(rank_, call.peer, number), call.from, call.bytes());
        lane.counts[number % kSlots] = call.count;
        lane.given.store(number + 1);
      });
}

cudaError_t ncclComm::begin_receive(const FakeNcclCall& call) {
  const auto from = static_cast<std::size_t>(call.peer);
  Lane& lane = meeting_->table().lanes[from][static_cast<std::size_t>(rank_)];
  const std::uint64_t number = received_[from]++;
  return enqueue(
      call, "ncclRecv", [&lane, number] { return number < lane.given.load(); },
      [this, call, &lane, number] {
        if (lane.counts[number % kSlots] != call.count)
          aiops::fakes::complain("NCCL: " + in_quotes(rank_) + " receives " +
                                 std::to_string(call.count) + " elements, " + in_quotes(call.peer) +
                                 " sends " + std::to_string(lane.counts[number % kSlots]));
        else
          std::memcpy(call.to, meeting_->message(call.peer, rank_, number), call.bytes());
        lane.taken.store(number + 1);
      });
}

// First each rank gives its term, then, when all have, it adds them up.
cudaError_t ncclComm::begin_sum(const FakeNcclCall& call) {
  const std::uint64_t number = sums_++, launch = launches_;
  Lane& own = member(rank_).sums;
  const auto all = [this](const auto& holds) {
    for (int rank = 0; rank < ranks_; ++rank)
      if (!holds(member(rank).sums)) return false;
    return true;
  };
  FakeNcclCall give = call;
  give.to = nullptr;
  const cudaError_t status = enqueue(
      give, "ncclAllReduce",
      [all, number] {
        return all([&](const Lane& lane) { return number < lane.taken.load() + kSlots; });
      },
      [this, call, &own, number, launch] {
        std::memcpy(meeting_->term(rank_, number), call.from, call.bytes());
        own.counts[number % kSlots] = call.count;
        own.launches[number % kSlots] = launch;
        own.given.store(number + 1);
      });
  if (status != cudaSuccess) return status;
  return enqueue(
      call, "the sum of ncclAllReduce",
      [all, number] { return all([&](const Lane& lane) { return number < lane.given.load(); }); },
      [this, call, number] { add_up(call, number); });
}

void ncclComm::add_up(const FakeNcclCall& call, std::uint64_t number) {
  const Lane& own = member(rank_).sums;
  for (int rank = 0; rank < ranks_; ++rank) {
    const Lane& lane = member(rank).sums;
    if (lane.counts[number % kSlots] != call.count ||
        lane.launches[number % kSlots] != own.launches[number % kSlots])
      aiops::fakes::complain("NCCL: " + in_quotes(rank_) + " and " + in_quotes(rank) +
                             " do not make the same calls");
  }
  auto* const sums = static_cast<float*>(call.to);
  std::memcpy(sums, meeting_->term(ranks_ - 1, number), call.bytes());
  for (int rank = ranks_ - 2; rank >= 0; --rank) {
    const auto* term = reinterpret_cast<const float*>(meeting_->term(rank, number));
    for (std::size_t i = 0; i < call.count; ++i) sums[i] += term[i];
  }
  member(rank_).sums.taken.store(number + 1);
}

ncclResult_t ncclComm::finalise() {
  if (state_ == State::failed) return error_;
  if (state_ != State::idle) return refuse("ncclCommFinalize before what was begun is done");
  if (queued_ > 0) return refuse("ncclCommFinalize with work that nobody has waited for");
  state_ = State::leaving;
  asked_ = 0;
  member(rank_).presence.store(Presence::left);
  return ncclInProgress;
}

bool ncclComm::all_left() const {
  for (int rank = 0; rank < ranks_; ++rank)
    if (member(rank).presence.load() == Presence::joined) return false;
  return true;
}

void ncclComm::abort() {
  is_aborted_ = true;
  member(rank_).presence.store(Presence::gone);
}
