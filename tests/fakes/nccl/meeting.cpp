// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/nccl/meeting.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace aiops::fakes {
namespace {

constexpr std::uint64_t kMagic = 0x4d454554494e4731;  // "MEETING1"
constexpr std::size_t kTable = std::size_t{1} << 20;
constexpr std::size_t kPairs = std::size_t{kMostRanks} * kMostRanks;
// Only what is touched takes memory.
constexpr std::size_t kBytes = kTable + (kPairs + kMostRanks) * kSlots * kMostBytes;
static_assert(sizeof(Table) <= kTable);

std::byte* slot(Table* table, std::size_t lane, std::uint64_t number) {
  auto* const first = reinterpret_cast<std::byte*>(table) + kTable;
  return first + (lane * kSlots + number % kSlots) * kMostBytes;
}

}  // namespace

// The descriptor stays open as long as the process, which others open it through.
ncclUniqueId Meeting::make_id() {
  const int descriptor = ::memfd_create("fake-nccl", MFD_CLOEXEC);
  if (descriptor < 0 || ::ftruncate(descriptor, static_cast<off_t>(kBytes)) != 0) std::abort();
  const Meeting made(descriptor);
  made.table().magic = kMagic;
  ncclUniqueId id{};
  std::snprintf(id.internal, sizeof id.internal, "/proc/%d/fd/%d", ::getpid(), descriptor);
  return id;
}

std::shared_ptr<Meeting> Meeting::of(const ncclUniqueId& id) {
  const std::string path(id.internal, ::strnlen(id.internal, sizeof id.internal));
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  const bool is_whole = ::lseek(descriptor, 0, SEEK_END) == static_cast<off_t>(kBytes);
  auto meeting = is_whole ? std::make_shared<Meeting>(descriptor) : nullptr;
  ::close(descriptor);
  return meeting && meeting->table().magic == kMagic ? meeting : nullptr;
}

Meeting::Meeting(int descriptor) {
  void* const mapped =
      ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor, 0);
  if (mapped == MAP_FAILED) std::abort();
  table_ = static_cast<Table*>(mapped);
}

Meeting::~Meeting() { ::munmap(table_, kBytes); }

std::byte* Meeting::message(int from, int to, std::uint64_t number) const {
  return slot(table_, static_cast<std::size_t>(from * kMostRanks + to), number);
}

std::byte* Meeting::term(int rank, std::uint64_t number) const {
  return slot(table_, kPairs + static_cast<std::size_t>(rank), number);
}

}  // namespace aiops::fakes
