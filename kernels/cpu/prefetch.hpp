// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiops::kernels {

// Memory that will be read soon: runs of floats that lie `step` apart, which the CPU does not
// foresee. A register tile asks for a few lines at a time between its multiply-adds; asked for at
// once, they would keep the panels that it reads waiting in the same queue.
class Prefetch {
 public:
  Prefetch() = default;  // of nothing
  Prefetch(const float* data, std::int64_t runs, std::int64_t length, std::int64_t step)
      : run_(data), runs_(runs), length_(length), step_(step) {
    if (runs_ > 0) begin_run();
  }

  // Spreads what is left over so many calls of ask().
  void spread_over(std::int64_t calls) {
    const std::int64_t lines = runs_ * (length_ / kLine + 1);
    at_once_ = calls > 0 ? (lines + calls - 1) / calls : 0;
  }

  void ask() {
    for (std::int64_t i = 0; i < at_once_; ++i) {
      if (at_ >= end_) {
        if (runs_ <= 1) {
          at_once_ = 0;
          return;
        }
        --runs_;
        run_ += step_;
        begin_run();
      }
      __builtin_prefetch(at_);
      at_ += kLine;
    }
  }

 private:
  static constexpr std::int64_t kLine = 16;

  void begin_run() {
    constexpr std::uintptr_t kWithin = kLine * sizeof(float) - 1;
    at_ = run_ - (reinterpret_cast<std::uintptr_t>(run_) & kWithin) / sizeof(float);
    end_ = run_ + length_;
  }

  const float *run_ = nullptr, *at_ = nullptr, *end_ = nullptr;
  std::int64_t runs_ = 0, length_ = 0, step_ = 0;
  std::int64_t at_once_ = 1;
};

}  // namespace aiops::kernels
