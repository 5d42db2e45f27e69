// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/communicator.hpp"

#include "kernels/cuda/plugin/calls.hpp"
#include "kernels/cuda/plugin/fault.hpp"

#include <chrono>
#include <cstring>
#include <string>
#include <thread>

using aiops::Error;
using aiops::ExitCode;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kLeaving{5};  // for the others to leave, too

constexpr const char* kMend =
    "--set all_reduce=host adds gradients without NCCL; NCCL_DEBUG=INFO tells more";

// Between two questions: often at first, since most answers come soon.
class Patience {
 public:
  void pause() {
    if (++asked_ < kOften) return std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }

 private:
  static constexpr int kOften = 100;
  int asked_ = 0;
};

void require_hope(const aiops_watch& watch) {
  if (watch.is_vain != nullptr && watch.is_vain(watch.context) != 0)
    throw Error(ExitCode::failed, "another rank is gone");
}

ncclUniqueId id_of(const std::uint8_t* bytes) {
  ncclUniqueId id;
  static_assert(sizeof id == AIOPS_ID_BYTES);
  std::memcpy(&id, bytes, sizeof id);
  return id;
}

}  // namespace

aiops_communicator::aiops_communicator(aiops_device& on, int all, int own, const ncclUniqueId& id,
                                       const aiops_watch& watch)
    : device(on), nccl(on.nccl()), ranks(all), rank(own) {
  device.use();
  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
  config.blocking = 0;
  const ncclResult_t said = nccl.ncclCommInitRankConfig(&handle, ranks, id, rank, &config);
  try {
    require(said, "ncclCommInitRankConfig");
    settle("joining the other ranks", watch);
  } catch (...) {
    if (handle != nullptr) nccl.ncclCommAbort(handle);
    throw;
  }
}

aiops_communicator::~aiops_communicator() {
  if (handle != nullptr) nccl.ncclCommAbort(handle);
}

void aiops_communicator::require(ncclResult_t said, const char* doing) const {
  if (said == ncclSuccess || said == ncclInProgress) return;
  const char* more = nccl.ncclGetLastError(handle);
  std::string why = std::string("NCCL: ") + doing + ": " + nccl.ncclGetErrorString(said);
  if (more != nullptr && more[0] != '\0') why += std::string(" (") + more + ")";
  for (char& c : why)
    if (c == '\n') c = ' ';
  throw Error(ExitCode::failed, why, kMend);
}

ncclResult_t aiops_communicator::state() const {
  ncclResult_t state = ncclSuccess;
  const ncclResult_t said = nccl.ncclCommGetAsyncError(handle, &state);
  return said == ncclSuccess ? state : said;
}

void aiops_communicator::settle(const char* doing, const aiops_watch& watch) const {
  Patience patience;
  for (;;) {
    const ncclResult_t now = state();
    require(now, doing);
    if (now != ncclInProgress) return;
    require_hope(watch);
    patience.pause();
  }
}

void aiops_communicator::group(const std::function<void()>& calls, const aiops_watch& watch) const {
  require(nccl.ncclGroupStart(), "ncclGroupStart");
  try {
    calls();
  } catch (...) {
    nccl.ncclGroupEnd();
    throw;
  }
  require(nccl.ncclGroupEnd(), "ncclGroupEnd");
  settle("ncclGroupEnd", watch);
}

void aiops_communicator::wait_for(cudaStream_t stream, const aiops_watch& watch) const {
  using aiops::kernels::cuda::check;
  Patience patience;
  for (;;) {
    const cudaError_t status = cudaStreamQuery(stream);
    if (status == cudaSuccess) return;
    if (status != cudaErrorNotReady) check(status, "cudaStreamQuery");
    (void)cudaGetLastError();  // no error, but kept as one
    require(state(), "summing over the ranks");
    require_hope(watch);
    patience.pause();
  }
}

void aiops_communicator::leave() noexcept {
  Patience patience;
  const Clock::time_point late = Clock::now() + kLeaving;
  ncclResult_t now = nccl.ncclCommFinalize(handle);
  while (now == ncclSuccess || now == ncclInProgress) {
    now = state();
    if (now == ncclSuccess) {
      nccl.ncclCommDestroy(handle);
      handle = nullptr;
      return;
    }
    if (Clock::now() > late) break;
    patience.pause();
  }
  nccl.ncclCommAbort(handle);
  handle = nullptr;
}

namespace aiops::kernels::cuda {

std::int32_t describe_peers(aiops_device* device, aiops_peers_facts* facts, aiops_fault* fault) {
  return guarded(fault, [&] {
    put(facts->pci, device->pci());
    put(facts->library, "NCCL " + device->nccl().version());
  });
}

std::int32_t make_id(aiops_device* device, std::uint8_t* id, aiops_fault* fault) {
  return guarded(fault, [&] {
    const Nccl& nccl = device->nccl();
    device->use();
    ncclUniqueId made;
    if (const ncclResult_t said = nccl.ncclGetUniqueId(&made); said != ncclSuccess)
      throw Error(ExitCode::failed,
                  std::string("NCCL: ncclGetUniqueId: ") + nccl.ncclGetErrorString(said), kMend);
    std::memcpy(id, &made, sizeof made);
  });
}

std::int32_t join(aiops_device* device, std::int32_t ranks, std::int32_t rank,
                  const std::uint8_t* id, const aiops_watch* watch,
                  aiops_communicator** communicator, aiops_fault* fault) {
  return guarded(fault, [&] {
    *communicator = new aiops_communicator(*device, ranks, rank, id_of(id), *watch);
  });
}

std::uint64_t sum_workspace(aiops_communicator* communicator, std::uint64_t count) {
  if (!communicator->device.deterministic) return 0;
  return scratch_in_order(communicator->ranks, count) * sizeof(float);
}

std::int32_t sum(aiops_communicator* communicator, aiops_stream* stream, float* values,
                 std::uint64_t count, void* workspace, std::uint64_t bytes,
                 const aiops_watch* watch, aiops_fault* fault) {
  return guarded(fault, [&] {
    if (bytes < sum_workspace(communicator, count))
      throw Error(ExitCode::failed, "a sum over ranks has too little workspace");
    communicator->device.use();
    if (communicator->device.deterministic)
      sum_in_order(*communicator, values, count, static_cast<float*>(workspace), stream->stream,
                   *watch);
    else
      sum_by_nccl(*communicator, values, count, stream->stream, *watch);
  });
}

std::int32_t wait_for_peers(aiops_communicator* communicator, aiops_stream* stream,
                            const aiops_watch* watch, aiops_fault* fault) {
  return guarded(fault, [&] {
    communicator->device.use();
    communicator->wait_for(stream->stream, *watch);
  });
}

void leave(aiops_communicator* communicator) {
  if (communicator != nullptr) communicator->leave();
  delete communicator;
}

void abandon(aiops_communicator* communicator) { delete communicator; }

}  // namespace aiops::kernels::cuda
