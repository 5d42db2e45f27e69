// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

// The CPU packages' energy counters, RAPL by way of Linux' powercap. Without one that can be read
// there is no energy, and never an error: most machines keep them for root, and guests have none.
class RaplCounters {
 public:
  explicit RaplCounters(const std::filesystem::path& powercap);

  bool any() const { return !packages_.empty(); }
  std::vector<std::string> names() const;  // "package-0"
  // Joules of all packages since the start. Has to be called before a counter goes round twice.
  // Nothing from the moment on when one can no longer be read: there are no joules then.
  std::optional<double> joules();

 private:
  struct Package {
    std::string name;
    std::filesystem::path counter;
    std::int64_t range_uj;  // after which it starts again at 0
    std::int64_t last_uj;
  };
  std::vector<Package> packages_;
  double joules_ = 0;
};

// Energy of a case, over one window from its first sample to its last, or over one a sample.
struct Energy {
  double joules = 0;
  std::int64_t window_ns = 0;  // all windows together
  std::uint64_t windows = 0;
  std::vector<std::string> domains;
};

// Attributes energy to the cases that take turns. A case alone has one window. Of several each
// sample is one, and then samples must last: a counter is up to its update period old, and so much
// of each window is of the case before. Shorter ones have no energy, and cost no reading.
class EnergyMeter {
 public:
  static constexpr std::int64_t kUpdate_ns = 1'000'000;  // Intel's manual: about a millisecond
  static constexpr std::int64_t kShortest_ns = 10 * kUpdate_ns;
  using Now = std::function<std::int64_t()>;

  EnergyMeter(std::size_t cases, RaplCounters counters, Now now);

  // Around each sample of a case, which took so long.
  void before(std::size_t index);
  void after(std::size_t index, std::int64_t ns);
  // When all samples are taken.
  std::vector<std::optional<Energy>> finish();

 private:
  struct Window {
    std::int64_t at_ns = 0;
    double joules = 0;
  };
  struct PerCase {
    Energy energy;
    bool measured = true;
  };
  void open();
  void close(Energy& energy);
  bool is_alone() const { return cases_.size() == 1; }

  RaplCounters counters_;
  Now now_;
  std::vector<PerCase> cases_;
  std::optional<Window> open_;  // from the last reading on
  std::int64_t looked_ns_ = 0;
};

}  // namespace aiops::bench
