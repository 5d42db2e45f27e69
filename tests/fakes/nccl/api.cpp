// SPDX-License-Identifier: Apache-2.0
// NCCL as the plug-in opens it. Communicators that block are not modelled: a rank that is gone
// would hang who waits for it.
#include "tests/fakes/nccl/communicator.hpp"

#include <map>
#include <mutex>

namespace {

std::mutex& mutex() {
  static std::mutex one;
  return one;
}

std::map<ncclComm_t, std::shared_ptr<ncclComm>>& communicators() {
  static auto* const all = new std::map<ncclComm_t, std::shared_ptr<ncclComm>>;
  return *all;
}

std::shared_ptr<ncclComm> find(ncclComm_t handle) {
  const std::lock_guard lock(mutex());
  const auto found = communicators().find(handle);
  return found == communicators().end() ? nullptr : found->second;
}

ncclResult_t refuse(const std::string& what, ncclResult_t result = ncclInvalidArgument) {
  aiops::fakes::complain("NCCL: " + what);
  return result;
}

// What the thread calls between ncclGroupStart and ncclGroupEnd.
struct Group {
  int depth = 0;
  std::shared_ptr<ncclComm> of;
  std::vector<FakeNcclCall> calls;
  ncclResult_t worst = ncclSuccess;
};
thread_local Group group;

ncclResult_t take(ncclComm_t handle, const FakeNcclCall& call, ncclDataType_t type,
                  const char* name) {
  const auto communicator = find(handle);
  if (communicator == nullptr) return refuse(std::string(name) + " of no communicator");
  if (type != ncclFloat) return refuse(std::string(name) + " of a type that is not modelled");
  if (const ncclResult_t said = communicator->look_at(call, name); said != ncclSuccess) {
    if (group.depth > 0) group.worst = said;
    return said;
  }
  if (group.depth == 0) return communicator->queue({call});
  if (group.of != nullptr && group.of != communicator)
    return group.worst = refuse("a group of several communicators is not modelled");
  group.of = communicator;
  group.calls.push_back(call);
  return ncclSuccess;
}

ncclResult_t forget(ncclComm_t handle) {
  const std::lock_guard lock(mutex());
  communicators().erase(handle);
  return ncclSuccess;
}

}  // namespace

ncclResult_t ncclGetVersion(int* version) {
  *version = NCCL_VERSION_CODE;
  return ncclSuccess;
}

const char* ncclGetErrorString(ncclResult_t result) {
  switch (result) {
    case ncclInvalidArgument:
      return "invalid argument";
    case ncclInvalidUsage:
      return "invalid usage";
    case ncclRemoteError:
      return "remote process exited or there was a network error";
    default:
      return "an error of the stand-in";
  }
}

const char* ncclGetLastError(ncclComm_t handle) {
  thread_local std::string kept;
  const auto communicator = find(handle);
  kept = communicator == nullptr ? "" : communicator->last_error();
  return kept.c_str();
}

ncclResult_t ncclGetUniqueId(ncclUniqueId* id) {
  *id = aiops::fakes::Meeting::make_id();
  return ncclSuccess;
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t* handle, int ranks, ncclUniqueId id, int rank,
                                    ncclConfig_t* config) {
  *handle = nullptr;
  if (config == nullptr || config->magic != 0xcafebeef || config->size != sizeof(ncclConfig_t))
    return refuse("a configuration that was not initialised");
  if (config->blocking != 0) return refuse("a communicator that blocks, which is not modelled");
  if (ranks < 1 || ranks > aiops::fakes::kMostRanks || rank < 0 || rank >= ranks)
    return refuse("rank " + std::to_string(rank) + " of " + std::to_string(ranks));
  auto meeting = aiops::fakes::Meeting::of(id);
  if (meeting == nullptr) return ncclRemoteError;
  const auto made = std::make_shared<ncclComm>(std::move(meeting), ranks, rank);
  const ncclResult_t said = made->join();
  if (said != ncclInProgress) return said;
  const std::lock_guard lock(mutex());
  communicators().emplace(made.get(), made);
  *handle = made.get();
  return said;
}

ncclResult_t ncclCommGetAsyncError(ncclComm_t handle, ncclResult_t* state) {
  const auto communicator = find(handle);
  if (communicator == nullptr) return refuse("ncclCommGetAsyncError of no communicator");
  *state = communicator->ask();
  return ncclSuccess;
}

ncclResult_t ncclGroupStart() {
  ++group.depth;
  return ncclSuccess;
}

ncclResult_t ncclGroupEnd() {
  if (group.depth == 0) return refuse("ncclGroupEnd without a start", ncclInvalidUsage);
  if (--group.depth > 0) return ncclSuccess;
  const Group ended = std::exchange(group, {});
  if (ended.worst != ncclSuccess) return ended.worst;
  return ended.of == nullptr ? ncclSuccess : ended.of->queue(ended.calls);
}

ncclResult_t ncclAllReduce(const void* from, void* to, size_t count, ncclDataType_t type,
                           ncclRedOp_t operation, ncclComm_t handle, cudaStream_t stream) {
  if (operation != ncclSum) return refuse("a reduction that is not modelled");
  return take(handle, {FakeNcclCall::Kind::sum, from, to, count, 0, stream}, type, "ncclAllReduce");
}

ncclResult_t ncclSend(const void* from, size_t count, ncclDataType_t type, int peer,
                      ncclComm_t handle, cudaStream_t stream) {
  return take(handle, {FakeNcclCall::Kind::send, from, nullptr, count, peer, stream}, type,
              "ncclSend");
}

ncclResult_t ncclRecv(void* to, size_t count, ncclDataType_t type, int peer, ncclComm_t handle,
                      cudaStream_t stream) {
  return take(handle, {FakeNcclCall::Kind::receive, nullptr, to, count, peer, stream}, type,
              "ncclRecv");
}

ncclResult_t ncclCommFinalize(ncclComm_t handle) {
  const auto communicator = find(handle);
  return communicator == nullptr ? refuse("ncclCommFinalize of no communicator")
                                 : communicator->finalise();
}

ncclResult_t ncclCommDestroy(ncclComm_t handle) {
  const auto communicator = find(handle);
  if (communicator == nullptr) return refuse("ncclCommDestroy of no communicator");
  if (!communicator->has_left())
    return communicator->refuse("ncclCommDestroy of a communicator that has not left");
  return forget(handle);
}

ncclResult_t ncclCommAbort(ncclComm_t handle) {
  const auto communicator = find(handle);
  if (communicator == nullptr) return refuse("ncclCommAbort of no communicator");
  communicator->abort();
  return forget(handle);
}
