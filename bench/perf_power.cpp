// SPDX-License-Identifier: Apache-2.0
#include "bench/perf_power.hpp"

#include "base/fd.hpp"
#include "bench/first_line.hpp"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

namespace aiops::bench {
namespace {

constexpr const char* kPackageEvent = "events/energy-pkg";

std::string line_of(const std::filesystem::path& file) { return first_line(file).value_or(""); }

template <typename Number>
std::optional<Number> number_in(std::string_view text, int base) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

// "event=0x02"
std::optional<std::uint64_t> event_in(std::string_view text) {
  constexpr std::string_view kPrefix = "event=0x";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  return number_in<std::uint64_t>(text.substr(kPrefix.size()), 16);
}

std::optional<double> scale_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0)) return std::nullopt;
  return value;
}

// One CPU of each package: "0,18" or "0-1". Empty when it is something else.
std::vector<int> cpus_in(std::string_view text) {
  std::vector<int> cpus;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t dash = part.find('-');
    const auto first = number_in<int>(part.substr(0, dash), 10);
    const auto last =
        dash == std::string_view::npos ? first : number_in<int>(part.substr(dash + 1), 10);
    if (!first || !last || *first < 0 || *last < *first || *last > 1 << 16) return {};
    for (int cpu = *first; cpu <= *last; ++cpu) cpus.push_back(cpu);
  }
  return cpus;
}

PerfPowerCounters::Read open_event(std::uint32_t type, std::uint64_t event, int cpu) {
  perf_event_attr attributes{};
  attributes.type = type;
  attributes.size = sizeof attributes;
  attributes.config = event;
  const long fd = ::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0) return {};
  const auto owner = std::make_shared<Fd>(static_cast<int>(fd));
  return [owner]() -> std::optional<std::uint64_t> {
    std::uint64_t count = 0;
    const ssize_t got = ::read(owner->get(), &count, sizeof count);
    return got == static_cast<ssize_t>(sizeof count) ? std::optional(count) : std::nullopt;
  };
}

}  // namespace

PerfPowerCounters::PerfPowerCounters(const std::filesystem::path& pmu)
    : PerfPowerCounters(pmu, open_event) {}

PerfPowerCounters::PerfPowerCounters(const std::filesystem::path& pmu, const Open& open) {
  const auto type = number_in<std::uint32_t>(line_of(pmu / "type"), 10);
  const auto event = event_in(line_of(pmu / kPackageEvent));
  const auto scale = scale_in(line_of(pmu / (std::string(kPackageEvent) + ".scale")));
  if (!type || !event || !scale ||
      line_of(pmu / (std::string(kPackageEvent) + ".unit")) != "Joules")
    return;
  scale_ = *scale;
  for (const int cpu : cpus_in(line_of(pmu / "cpumask"))) {
    Read read = open(*type, *event, cpu);
    if (!read) {  // a package less would be less energy
      packages_.clear();
      return;
    }
    packages_.push_back({cpu, std::move(read)});
  }
}

std::vector<std::string> PerfPowerCounters::names() const {
  std::vector<std::string> names;
  for (const Package& package : packages_)
    names.push_back("package of CPU " + std::to_string(package.cpu));
  return names;
}

std::optional<double> PerfPowerCounters::joules() {
  double counts = 0;
  for (const Package& package : packages_) {
    const auto count = package.read();
    if (!count) {
      packages_.clear();
      return std::nullopt;
    }
    counts += static_cast<double>(*count);
  }
  return packages_.empty() ? std::nullopt : std::optional(counts * scale_);
}

}  // namespace aiops::bench
