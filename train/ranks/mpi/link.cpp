// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/mpi/link.hpp"

#include "base/time.hpp"
#include "train/ranks/frame.hpp"

#include <thread>

namespace aiops::train {
namespace {

constexpr double kLastWords = 2;  // seconds for a failure to go out

}  // namespace

// What is still under way belongs to MPI until the process ends.
MpiLink::~MpiLink() = default;

void MpiLink::send(std::span<const std::byte> bytes) {
  aiops_mpi_fault fault{};
  aiops_mpi_request* request = nullptr;
  MpiLibrary::check(
      mpi_.api().send(peer_, AIOPS_MPI_MESSAGES, bytes.data(), bytes.size(), &request, &fault),
      fault);
  leaving_.push_back(request);
}

void MpiLink::receive(std::span<std::byte> bytes) {
  aiops_mpi_fault fault{};
  aiops_mpi_request* request = nullptr;
  MpiLibrary::check(
      mpi_.api().receive(peer_, AIOPS_MPI_MESSAGES, bytes.data(), bytes.size(), &request, &fault),
      fault);
  arriving_.push_back(request);
}

bool MpiLink::finish(std::deque<aiops_mpi_request*>& requests, std::uint64_t& count) {
  bool moved = false;
  while (!requests.empty()) {
    aiops_mpi_fault fault{};
    std::int32_t is_done = 0;
    MpiLibrary::check(mpi_.api().test(requests.front(), &is_done, &fault), fault);
    if (is_done == 0) break;
    requests.pop_front();
    ++count;
    moved = true;
  }
  return moved;
}

void MpiLink::look_for_failure() {
  aiops_mpi_fault fault{};
  std::uint64_t bytes = 0;
  MpiLibrary::check(mpi_.api().probe(peer_, AIOPS_MPI_FAILURES, &bytes, &fault), fault);
  if (bytes == 0 || bytes > kMostFailure) return;
  std::string words(bytes, '\0');
  aiops_mpi_request* request = nullptr;
  MpiLibrary::check(
      mpi_.api().receive(peer_, AIOPS_MPI_FAILURES, words.data(), bytes, &request, &fault), fault);
  for (std::int32_t is_done = 0; is_done == 0;)
    MpiLibrary::check(mpi_.api().test(request, &is_done, &fault), fault);
  throw LinkEnd{decode_failure(words)};
}

bool MpiLink::progress() {
  const bool came = finish(arriving_, received_);
  const bool went = finish(leaving_, sent_);
  if (!came && !went) look_for_failure();
  return came || went;
}

void MpiLink::end(const Failure& failure) noexcept {
  try {
    last_words_ = encode(failure);
    aiops_mpi_fault fault{};
    aiops_mpi_request* request = nullptr;
    MpiLibrary::check(mpi_.api().send(peer_, AIOPS_MPI_FAILURES, last_words_.data(),
                                      last_words_.size(), &request, &fault),
                      fault);
    const double deadline = monotonic_seconds() + kLastWords;
    for (std::int32_t is_done = 0; is_done == 0 && monotonic_seconds() < deadline;) {
      MpiLibrary::check(mpi_.api().test(request, &is_done, &fault), fault);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  } catch (...) {  // the launcher sees that this process ends
  }
}

}  // namespace aiops::train
