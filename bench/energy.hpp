// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

// Where joules come from, as the record's energy.source, and how old a counter may be.
struct EnergySource {
  std::string name;
  std::int64_t update_ns;
};
inline const EnergySource kRapl{"rapl", 1'000'000};  // Intel's manual: about a millisecond
inline const EnergySource kNvml{"nvml_total",
                                100'000'000};  // NVIDIA does not say: on the safe side
// Throws Error{failed} for one that is not known.
const EnergySource& energy_source(const std::string& name);

// Counters of energy. Without one that can be read there is no energy, and never an error: most
// machines keep them for root, and guests have none.
class EnergyCounters {
 public:
  virtual ~EnergyCounters() = default;
  virtual const EnergySource& source() const = 0;
  virtual std::vector<std::string> names() const = 0;  // of what is counted; empty: of nothing
  // Joules of all of them since the start. Has to be called before a counter goes round twice.
  // Nothing from the moment on when one can no longer be read: there are no joules then.
  virtual std::optional<double> joules() = 0;

  bool any() const { return !names().empty(); }
};

// The CPU packages' counters, RAPL by way of Linux' powercap.
class RaplCounters : public EnergyCounters {
 public:
  explicit RaplCounters(const std::filesystem::path& powercap);

  const EnergySource& source() const override { return kRapl; }
  std::vector<std::string> names() const override;  // "package-0"
  std::optional<double> joules() override;

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
  EnergySource source = kRapl;
};

// Attributes energy to the cases that take turns. A case alone has one window. Of several each
// sample is one, and then samples must last: a counter is up to its update period old, and so much
// of each window is of the case before. Shorter ones have no energy, and cost no reading.
class EnergyMeter {
 public:
  using Now = std::function<std::int64_t()>;

  EnergyMeter(std::size_t cases, std::unique_ptr<EnergyCounters> counters, Now now);

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

  // Ten of the counter's updates: the error of a window is a tenth at most.
  std::int64_t shortest_ns() const { return 10 * counters_->source().update_ns; }

  std::unique_ptr<EnergyCounters> counters_;
  Now now_;
  std::vector<PerCase> cases_;
  std::optional<Window> open_;  // from the last reading on
  std::int64_t looked_ns_ = 0;
};

}  // namespace aiops::bench
