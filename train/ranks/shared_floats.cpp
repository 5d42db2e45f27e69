// SPDX-License-Identifier: Apache-2.0
// Large pages of such files are off on most systems (shmem_enabled is "never"), but a process may
// ask for them page by page with MADV_COLLAPSE (madvise(2), Linux 6.1), wherever the first small
// page of each is there. An older kernel refuses, which costs speed only.
//
// The rest is taken with fallocate(2), which says when there is no memory; a first touch would end
// the process by a signal instead.
#include "train/ranks/shared_floats.hpp"

#include "base/error.hpp"
#include "base/units.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <system_error>

namespace aiops::train {
namespace {

constexpr int kCollapse = 25;  // MADV_COLLAPSE, which older headers lack
constexpr std::uint64_t kLargePage = SharedFloats::kPage;

std::uint64_t whole_pages(std::uint64_t bytes) {
  return (bytes + kLargePage - 1) / kLargePage * kLargePage;
}

Error no_memory(std::uint64_t bytes, std::size_t ranks, int error_number) {
  return {ExitCode::failed,
          "no memory for arrays of " + format_bytes(bytes) + " that " + std::to_string(ranks) +
              " ranks share: " + std::generic_category().message(error_number),
          "fewer --ranks on this host, adapters instead of all parameters (lora.rank), or more "
          "memory for them"};
}

// A signal that was asked for something else may come while the kernel is at it.
int take_pages(int descriptor, std::uint64_t offset, std::uint64_t bytes) {
  while (::fallocate(descriptor, 0, static_cast<off_t>(offset), static_cast<off_t>(bytes)) != 0)
    if (errno != EINTR) return errno;
  return 0;
}

// The file gets at least that long. Several ranks may do it at once: all of them want the same.
int lengthen(int descriptor, std::uint64_t bytes) {
  struct stat is {};
  if (::fstat(descriptor, &is) != 0) return errno;
  if (static_cast<std::uint64_t>(is.st_size) >= bytes) return 0;
  return ::ftruncate(descriptor, static_cast<off_t>(bytes)) == 0 ? 0 : errno;
}

}  // namespace

SharedFloats::SharedFloats(int descriptor, std::uint64_t offset, std::size_t ranks,
                           std::uint64_t floats)
    : descriptor_(descriptor),
      offset_(offset),
      ranks_(ranks),
      floats_(floats),
      stride_(whole_pages(floats * sizeof(float)) / sizeof(float)) {
  const std::uint64_t bytes = end() - offset_;
  if (const int error = lengthen(descriptor_, end()))
    throw no_memory(floats_ * sizeof(float), ranks_, error);
  // Address and place in the file must be alike within a large page for it to be mapped as one.
  void* reserved =
      ::mmap(nullptr, bytes + kPage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) throw no_memory(floats_ * sizeof(float), ranks_, errno);
  reserved_ = static_cast<std::byte*>(reserved);
  std::byte* begin = reserved_ + kPage - reinterpret_cast<std::uintptr_t>(reserved_) % kPage;
  void* memory = ::mmap(begin, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor_,
                        static_cast<off_t>(offset_));
  if (memory == MAP_FAILED) {
    const int error = errno;
    ::munmap(reserved_, bytes + kPage);
    throw no_memory(floats_ * sizeof(float), ranks_, error);
  }
  first_ = static_cast<float*>(memory);
}

SharedFloats::~SharedFloats() { ::munmap(reserved_, end() - offset_ + kPage); }

void SharedFloats::take(std::size_t rank) {
  const std::uint64_t begin = offset_ + rank * stride_ * sizeof(float);
  const std::uint64_t bytes = floats_ * sizeof(float), large = bytes / kPage * kPage;
  for (std::uint64_t at = 0; at < large; at += kPage)
    if (const int error = take_pages(descriptor_, begin + at, 1))
      throw no_memory(bytes, ranks_, error);
  if (large > 0) ::madvise(of(rank).data(), large, kCollapse);
  if (const int error = take_pages(descriptor_, begin, bytes))
    throw no_memory(bytes, ranks_, error);
}

float* SharedFloats::twin(const float* place, std::size_t from, std::size_t to) const {
  const std::span<float> own = of(from);
  const std::less<const float*> before;
  if (before(place, own.data()) || !before(place, own.data() + own.size())) return nullptr;
  return of(to).data() + (place - own.data());
}

}  // namespace aiops::train
