// SPDX-License-Identifier: Apache-2.0
// When an access happens, as far as order between threads goes.
//
// An epoch begins with each launch, each block and each barrier of a block: what lies in different
// epochs of one block is ordered. Within an epoch two threads are ordered only by __syncwarp(). A
// warp counts these as ticks, and `seen[a][b]` says before which tick lane a knows everything that
// lane b did: vector clocks of 32 lanes (as in FastTrack, Flanagan and Freund, 2009). Shuffles and
// votes order nothing, as PTX has it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace aiops::simt {

inline constexpr int kLanes = 32;

class WarpClock {
 public:
  std::uint16_t now() const { return now_; }

  // Whether what `lane` did at `tick` of this epoch comes before what `me` does now.
  bool ordered(int lane, std::uint16_t tick, int me) const {
    return seen_[index(me)][index(lane)] > tick;
  }

  static constexpr std::uint16_t kMostTicks = 0xFFFF;  // between two barriers

  // The lanes of the mask have met.
  void synchronise(unsigned mask) {
    ++now_;
    std::array<std::uint16_t, kLanes> all{};
    for_each(mask, [&](std::size_t lane) {
      for (std::size_t other = 0; other < kLanes; ++other)
        all[other] = std::max(all[other], seen_[lane][other]);
    });
    for_each(mask, [&](std::size_t lane) { all[lane] = now_; });
    for_each(mask, [&](std::size_t lane) { seen_[lane] = all; });
  }

  void reset() {
    if (now_ == 0) return;
    now_ = 0;
    seen_ = {};
  }

 private:
  static std::size_t index(int lane) { return static_cast<std::size_t>(lane); }
  template <typename Visit>
  static void for_each(unsigned mask, const Visit& visit) {
    for (std::size_t lane = 0; lane < kLanes; ++lane)
      if ((mask >> lane & 1U) != 0) visit(lane);
  }

  std::uint16_t now_ = 0;
  std::array<std::array<std::uint16_t, kLanes>, kLanes> seen_{};
};

struct Moment {
  std::uint32_t epoch = 1;
  std::uint32_t block_start = 1, launch_start = 1;  // the first epochs of the block and the launch
  int thread = 0;                                   // in its block
  const WarpClock* clock = nullptr;                 // of its warp

  int lane() const { return thread % kLanes; }
  int warp() const { return thread / kLanes; }
};

}  // namespace aiops::simt
