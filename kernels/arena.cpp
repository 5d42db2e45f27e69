// SPDX-License-Identifier: Apache-2.0
#include "kernels/arena.hpp"

#include "base/error.hpp"
#include "base/units.hpp"

#include <sys/mman.h>

#include <limits>
#include <utility>

namespace aiops::kernels {

Arena::Arena(std::uint64_t floats) : size_(floats) {
  if (floats == 0) return;
  if (floats > std::numeric_limits<std::size_t>::max() / sizeof(float) / 2)
    throw Error(ExitCode::failed, "not enough memory for " + std::to_string(floats) + " numbers");
  void* memory = ::mmap(nullptr, floats * sizeof(float), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    throw Error(ExitCode::failed, "not enough memory for " + format_bytes(floats * sizeof(float)));
  ::madvise(memory, floats * sizeof(float), MADV_HUGEPAGE);  // advice: refusal costs speed only
  data_ = static_cast<float*>(memory);
}

Arena::Arena(std::span<float> floats, std::shared_ptr<const void> owner)
    : data_(floats.data()), size_(floats.size()), owner_(std::move(owner)) {}

Arena::~Arena() {
  if (data_ != nullptr && !owner_) ::munmap(data_, size_ * sizeof(float));
}

Arena::Arena(Arena&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      owner_(std::move(other.owner_)) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(owner_, other.owner_);
  return *this;
}

}  // namespace aiops::kernels
