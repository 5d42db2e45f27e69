// SPDX-License-Identifier: Apache-2.0
// Only packages are counted: what lies below them, cores and memory controllers, is part of them,
// and "psys" has them in it.
#include "bench/energy.hpp"

#include "base/error.hpp"
#include "bench/first_line.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace aiops::bench {
namespace {

constexpr std::int64_t kLookEvery_ns = 10'000'000'000;  // a counter goes round in minutes at most

std::optional<std::int64_t> microjoules(const std::filesystem::path& file) {
  const auto line = first_line(file);
  std::int64_t value = 0;
  if (!line) return std::nullopt;
  const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), value);
  if (error != std::errc() || end != line->data() + line->size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

const EnergySource& energy_source(const std::string& name) {
  for (const EnergySource* known : {&kRapl, &kNvml})
    if (known->name == name) return *known;
  throw Error(ExitCode::failed, "is of no source that is known");
}

RaplCounters::RaplCounters(const std::filesystem::path& powercap) {
  std::error_code error;
  for (auto at = std::filesystem::directory_iterator(powercap, error);
       !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (!at->path().filename().string().starts_with("intel-rapl")) continue;
    const auto name = first_line(at->path() / "name");
    if (!name || !name->starts_with("package")) continue;
    const auto range = microjoules(at->path() / "max_energy_range_uj");
    const auto now = microjoules(at->path() / "energy_uj");
    if (!range || !now) {  // a package less would be less energy
      packages_.clear();
      return;
    }
    packages_.push_back({*name, at->path() / "energy_uj", *range, *now});
  }
  std::sort(packages_.begin(), packages_.end(),
            [](const Package& a, const Package& b) { return a.name < b.name; });
}

std::vector<std::string> RaplCounters::names() const {
  std::vector<std::string> names;
  for (const Package& package : packages_) names.push_back(package.name);
  return names;
}

std::optional<double> RaplCounters::joules() {
  for (Package& package : packages_) {
    const auto now = microjoules(package.counter);
    if (!now || (*now < package.last_uj && package.range_uj < package.last_uj)) {
      packages_.clear();
      break;
    }
    const std::int64_t used =
        *now - package.last_uj + (*now < package.last_uj ? package.range_uj : 0);
    joules_ += static_cast<double>(used) * 1e-6;
    package.last_uj = *now;
  }
  return packages_.empty() ? std::nullopt : std::optional(joules_);
}

EnergyMeter::EnergyMeter(std::size_t cases, std::unique_ptr<EnergyCounters> counters, Now now)
    : counters_(std::move(counters)), now_(std::move(now)), cases_(cases) {}

void EnergyMeter::open() {
  open_.reset();
  if (const auto joules = counters_->joules()) open_ = Window{now_(), *joules};
}

void EnergyMeter::close(Energy& energy) {
  const auto joules = counters_->joules();
  if (joules && open_) {
    energy.joules += *joules - open_->joules;
    energy.window_ns += now_() - open_->at_ns;
    ++energy.windows;
  }
  open_.reset();
}

void EnergyMeter::before(std::size_t index) {
  if (!counters_->any() || !cases_[index].measured || (is_alone() && open_)) return;
  open();
  looked_ns_ = now_();
}

void EnergyMeter::after(std::size_t index, std::int64_t ns) {
  if (!counters_->any() || !cases_[index].measured) return;
  if (is_alone()) {
    if (now_() - looked_ns_ < kLookEvery_ns) return;
    looked_ns_ = now_();
    counters_->joules();
    return;
  }
  close(cases_[index].energy);
  cases_[index].measured = ns >= shortest_ns();
}

std::vector<std::optional<Energy>> EnergyMeter::finish() {
  if (is_alone() && open_) close(cases_[0].energy);
  std::vector<std::optional<Energy>> all(cases_.size());
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    const PerCase& part = cases_[i];
    if (!counters_->any() || !part.measured || part.energy.window_ns < shortest_ns()) continue;
    all[i] = part.energy;
    all[i]->domains = counters_->names();
    all[i]->source = counters_->source();
  }
  return all;
}

}  // namespace aiops::bench
