// SPDX-License-Identifier: Apache-2.0
#include "registry/retry.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <random>
#include <string>
#include <thread>

namespace aiops::registry {
namespace {

using std::chrono::duration;
using std::chrono::duration_cast;
using Steady = std::chrono::steady_clock;

constexpr double kFirstDelay = 0.3;
constexpr double kLongestDelay = 20.0;
constexpr Milliseconds kSpread{100};  // so that those who waited together do not come together
constexpr double kDay = 86400.0;

Milliseconds clamped(double seconds) {
  const double longest = static_cast<double>(kLongestWait.count());
  return Milliseconds(std::lround(std::clamp(seconds, 0.0, longest) * 1000));
}

std::optional<double> unit_seconds(std::string_view unit) {
  if (unit.empty() || unit == "s") return 1.0;
  if (unit == "ms") return 1e-3;
  if (unit == "us" || unit == "µs") return 1e-6;
  if (unit == "ns") return 1e-9;
  if (unit == "m") return 60.0;
  return std::nullopt;
}

// RFC 9110 §5.6.7, the preferred form: Sun, 06 Nov 1994 08:49:37 GMT
std::optional<double> seconds_until_date(const std::string& text,
                                         std::chrono::system_clock::time_point now) {
  std::tm tm{};
  if (::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &tm) == nullptr) return std::nullopt;
  // In floating point: the years that parse are more than a count of nanoseconds can hold.
  const auto then = static_cast<double>(::timegm(&tm));
  return then - duration<double>(now.time_since_epoch()).count();
}

double random_fraction() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.5, 1.0)(generator);
}

void sleep_until(Steady::time_point when, const StopFlag& stop) {
  while (true) {
    stop.check();
    const auto now = Steady::now();
    if (now >= when) return;
    std::this_thread::sleep_for(std::min<Steady::duration>(when - now, Milliseconds(100)));
  }
}

}  // namespace

bool is_transient(int status) {
  return status == 408 || status == 425 || status == 429 || status == 499 || status == 500 ||
         (status >= 502 && status <= 504) || (status >= 520 && status <= 524);
}

std::optional<Milliseconds> parse_retry_after(std::string_view text,
                                              std::chrono::system_clock::time_point now) {
  if (text.size() > 64) return std::nullopt;
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) {
    const auto seconds = seconds_until_date(std::string(text), now);
    return seconds ? std::optional(clamped(*seconds)) : std::nullopt;
  }
  const auto unit = unit_seconds(text.substr(static_cast<std::size_t>(end - text.data())));
  if (!unit || !std::isfinite(number)) return std::nullopt;
  double seconds = number * *unit;
  if (seconds > kDay) seconds -= duration<double>(now.time_since_epoch()).count();
  return clamped(seconds);
}

void wait_about(Milliseconds longest, const StopFlag& stop) {
  const duration<double, std::milli> jittered(static_cast<double>(longest.count()) *
                                              random_fraction());
  sleep_until(Steady::now() + duration_cast<Steady::duration>(jittered), stop);
}

void HostGate::close_for(Milliseconds wait) {
  const std::lock_guard lock(mutex_);
  open_at_ = std::max(open_at_, Steady::now() + wait);
}

void HostGate::pass(const StopFlag& stop) {
  Steady::time_point when;
  {
    const std::lock_guard lock(mutex_);
    when = open_at_;
  }
  sleep_until(when, stop);
}

Milliseconds RetryBudget::next_delay() const {
  return Milliseconds(
      std::lround(std::min(kLongestDelay, kFirstDelay * std::exp2(2 * used_)) * 1000));
}

bool RetryBudget::try_again(std::optional<Milliseconds> asked) {
  if (used_ >= retries_) return false;
  const Milliseconds delay = next_delay();
  ++used_;
  ++counted_.retries;
  if (asked) {
    gate_.close_for(*asked);
    gate_.pass(stop_);
  }
  wait_about(asked ? kSpread : delay, stop_);
  return true;
}

bool RetryBudget::try_again(const Response& response) {
  const auto field = response.headers.find("Retry-After");
  auto asked = field ? parse_retry_after(*field, std::chrono::system_clock::now()) : std::nullopt;
  const bool busy = response.status == 429 || response.status == 503;
  if (!asked && busy) asked = next_delay();
  return try_again(asked);
}

}  // namespace aiops::registry
