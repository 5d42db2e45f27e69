// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace aiops::bench {

struct Interval {
  double low = 0;
  double high = 0;
};

// What one set of samples says. Times are nanoseconds; an absent value was not measured, because
// the samples are too few for it.
struct Statistics {
  std::size_t n = 0;
  double median = 0;
  std::optional<Interval> ci95;  // of the median, corrected for autocorrelation
  double mad = 0;                // median absolute deviation, unscaled
  double iqr = 0;
  double min = 0;
  double mean = 0;
  std::optional<double> p5, p95;        // from 95 samples on
  std::optional<double> p99;            // from 482 samples on
  std::optional<double> autocorr_lag1;  // of the values, in order of time
  double n_effective = 0;               // independent samples that would give the same interval
  std::optional<double> drift_pct;      // last third against first third, of the median
  std::size_t outliers = 0;             // further than ten robust sigmas: counted, never dropped
};

// Samples in order of time.
Statistics summarise(std::span<const std::int64_t> values);

// The wider half of the interval as a share of the median; absent without an interval.
std::optional<double> relative_half_width(const Statistics& statistics);

// Linear interpolation between order statistics (Hyndman & Fan's type 7). `sorted` is not empty.
double quantile(std::span<const double> sorted, double q);
double median_of(std::vector<double> values);

// How many samples in a row say as much as one independent sample, about which side of `median`
// they are on: 1 for independent samples.
double autocorrelation_time(std::span<const std::int64_t> values, double median);

// The rank l (from 1) for which [x(l), x(n + 1 - l)] covers the median with at least 95 %, or 0
// when no rank does.
std::size_t median_interval_rank(std::size_t n, double autocorrelation_time);

}  // namespace aiops::bench
