// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/shared_region.hpp"

#include "train/ranks/shared_header.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace aiops::train {
namespace {

std::size_t header_bytes() { return (sizeof(SharedHeader) + 4095) / 4096 * 4096; }

std::size_t slots_of(SharedRegion::Reach reach) {
  return reach == SharedRegion::Reach::many_hosts ? kSlots : 0;
}

std::size_t region_bytes(SharedRegion::Reach reach) {
  return header_bytes() + (1 + slots_of(reach)) * kChunk * sizeof(float);
}

template <std::size_t Size>
void store(std::array<char, Size>& place, const std::string& text) {
  const std::size_t size = std::min(text.size(), Size - 1);
  std::memcpy(place.data(), text.data(), size);
  place[size] = '\0';
}

template <std::size_t Size>
std::string load(const std::array<char, Size>& place) {
  return {place.data(), ::strnlen(place.data(), Size)};
}

}  // namespace

SharedRegion::SharedRegion(int ranks, Reach reach) {
  if (ranks < 1 || ranks > kMostRanks)
    throw Error(ExitCode::usage, std::to_string(ranks) + " ranks on one host: at most " +
                                     std::to_string(kMostRanks));
  descriptor_ = Fd(::memfd_create("aiops-ranks", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  bytes_ = region_bytes(reach);
  // Sealed: no rank can shorten what the others have mapped. It grows by the ranks' arrays.
  if (!descriptor_ || ::ftruncate(descriptor_.get(), static_cast<off_t>(bytes_)) != 0 ||
      ::fcntl(descriptor_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
    throw system_error("cannot make memory for the ranks to share", errno);
  map();
  header_->magic = kMagic;
  header_->ranks = static_cast<std::uint32_t>(ranks);
  header_->slots = static_cast<std::uint32_t>(slots_of(reach));
}

SharedRegion::SharedRegion(Fd descriptor, int ranks, Reach reach)
    : descriptor_(std::move(descriptor)) {
  struct stat is {};
  bytes_ = region_bytes(reach);
  const int seals = ::fcntl(descriptor_.get(), F_GET_SEALS);
  if (::fstat(descriptor_.get(), &is) == 0 && is.st_size == static_cast<off_t>(bytes_) &&
      seals >= 0 && (seals & F_SEAL_SHRINK) != 0) {
    map();
    if (header_->magic == kMagic && header_->ranks == static_cast<std::uint32_t>(ranks) &&
        header_->slots == slots_of(reach))
      return;
    ::munmap(header_, bytes_);
  }
  throw Error(ExitCode::failed,
              "the first rank here is another version of aiops, or counts other ranks");
}

void SharedRegion::map() {
  void* memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_.get(), 0);
  if (memory == MAP_FAILED) throw system_error("cannot map the memory that ranks share", errno);
  header_ = static_cast<SharedHeader*>(memory);  // zeros are valid atomics
}

SharedRegion::~SharedRegion() { ::munmap(header_, bytes_); }

int SharedRegion::ranks() const { return static_cast<int>(header_->ranks); }

float* SharedRegion::scratch() const {
  return reinterpret_cast<float*>(reinterpret_cast<std::byte*>(header_) + header_bytes());
}

float* SharedRegion::slot(std::size_t index) const { return scratch() + (1 + index) * kChunk; }

SharedFloats& SharedRegion::floats(std::size_t number, std::uint64_t floats) {
  const std::lock_guard lock(making_);
  if (number == floats_.size()) {
    constexpr std::uint64_t page = SharedFloats::kPage;
    const std::uint64_t begin =
        floats_.empty() ? (bytes_ + page - 1) / page * page : floats_.back().end();
    floats_.emplace_back(descriptor_.get(), begin, header_->ranks, floats);
  }
  return floats_[number];
}

float* SharedRegion::twin(const float* place, std::size_t from, std::size_t to) const {
  for (const SharedFloats& arrays : floats_)
    if (float* found = arrays.twin(place, from, to)) return found;
  return nullptr;
}

void SharedRegion::fail(int rank, const Error& error) noexcept {
  std::uint32_t none = 0;
  if (!header_->failed.compare_exchange_strong(none, 1)) return;
  header_->failed_rank = rank;
  header_->failed_code = static_cast<std::int32_t>(error.code);
  store(header_->failed_message, error.message);
  store(header_->failed_mend, error.mend);
  header_->failed.store(2, std::memory_order_release);
}

std::optional<Failure> SharedRegion::failure() const {
  if (header_->failed.load(std::memory_order_acquire) != 2) return std::nullopt;
  return Failure{header_->failed_rank,
                 Error(static_cast<ExitCode>(header_->failed_code), load(header_->failed_message),
                       load(header_->failed_mend))};
}

}  // namespace aiops::train
