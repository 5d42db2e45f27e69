// SPDX-License-Identifier: Apache-2.0
// The memory in which the ranks of a communicator meet: processes of one host, or parts of one. It
// has no name, and is gone with the last process that maps it.
#pragma once

#include <nccl.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace aiops::fakes {

constexpr int kMostRanks = 8;
constexpr std::size_t kMostBytes = std::size_t{16} << 20;  // of one message
constexpr std::size_t kSlots = 2;  // messages that are on their way from one place to another

// Messages from one rank to another, or what one rank gives to sums of all: each says how many it
// gave, and who takes them how many it took.
struct Lane {
  std::atomic<std::uint64_t> given, taken;
  std::array<std::uint64_t, kSlots> counts, launches;
};

enum class Presence { none, joined, left, gone };

struct Member {
  std::atomic<Presence> presence;
  int ranks;
  std::array<char, 16> pci;
  Lane sums;
};

struct Table {
  std::uint64_t magic;
  std::array<Member, kMostRanks> members;
  std::array<std::array<Lane, kMostRanks>, kMostRanks> lanes;  // from, to
};

class Meeting {
 public:
  static ncclUniqueId make_id();
  // nullptr: nobody made this, or who did is gone.
  static std::shared_ptr<Meeting> of(const ncclUniqueId& id);
  explicit Meeting(int descriptor);
  ~Meeting();
  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;

  Table& table() const { return *table_; }
  // Where the bytes of a message lie.
  std::byte* message(int from, int to, std::uint64_t number) const;
  std::byte* term(int rank, std::uint64_t number) const;

 private:
  Table* table_;
};

}  // namespace aiops::fakes
