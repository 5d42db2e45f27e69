// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace aiops::train {

// Asks for a stop when a given number of steps are done, as a signal would.
class StopAfter final : public Status {
 public:
  StopAfter(StopFlag& stop, std::uint64_t steps) : stop_(stop), left_(steps) {}
  void step(std::string_view) override {}
  void detail(std::string_view) override {}
  void debug(std::string_view) override {}
  void warn(std::string_view what) override { warning = what; }
  void begin(std::string_view label, std::uint64_t, Unit) override {
    training_ = label == "training";
  }
  void advance(std::uint64_t amount) override {
    if (training_ && (left_ -= amount) == 0) stop_.request(15);
  }
  void note(std::string_view) override {}
  void end() override {}

  std::string warning;

 private:
  StopFlag& stop_;
  std::uint64_t left_;
  bool training_ = false;
};

}  // namespace aiops::train
