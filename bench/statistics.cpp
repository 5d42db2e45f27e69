// SPDX-License-Identifier: Apache-2.0
// Statistics for timings on machines that are not quiet.
//
// Timings have a floor, a long tail and, on shared machines, a memory: a neighbour that is busy now
// is busy for the next ten samples too. So the estimate is the median, not the mean, and its
// interval must not believe that n samples are n facts.
//
// The median's interval comes from order statistics. With independent samples, the number of them
// below the true median is binomial(n, 1/2), whatever their distribution; the interval between the
// l-th smallest and the l-th largest covers the median with probability 1 - 2 P(B < l).
//
// With dependent samples only one thing changes: that number has a larger variance. The variance of
// a sample median is tau/(4 n f(m)^2) where tau is the integrated autocorrelation time of the
// series "is this sample above the median", not of the values: a single huge outlier that would
// wreck the values' autocorrelation is one +1 among the signs. tau is estimated by Geyer's initial
// positive sequence (Practical Markov Chain Monte Carlo, 1992, section 3.3): sum the
// autocorrelations in pairs until a pair is not positive. The ranks are then those of the normal
// approximation with the variance n tau / 4.
#include "bench/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace aiops::bench {
namespace {

constexpr double kZ95 = 1.959963984540054;
constexpr double kOutlier = 14.826;  // ten sigmas of a normal distribution, in MADs
constexpr std::size_t kSamplesForP5 = 95;
constexpr std::size_t kSamplesForP99 = 482;
constexpr std::size_t kExactUpTo = 1000;  // 0.5^n is still a double there

// The largest l with P(binomial(n, 1/2) < l) <= 2.5 %.
std::size_t exact_rank(std::size_t n) {
  double term = std::pow(0.5, static_cast<double>(n));  // P(B = 0)
  double below = term;                                  // P(B < 1)
  std::size_t rank = 0;
  while (below <= 0.025 && rank < n / 2) {
    ++rank;
    term *= static_cast<double>(n - rank + 1) / static_cast<double>(rank);
    below += term;
  }
  return rank;
}

std::vector<double> signs(std::span<const std::int64_t> values, double median) {
  std::vector<double> series(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = static_cast<double>(values[i]);
    series[i] = value > median ? 1 : value < median ? -1 : 0;
  }
  return series;
}

void centre(std::vector<double>& series) {
  const double mean = std::accumulate(series.begin(), series.end(), 0.0) / series.size();
  for (double& value : series) value -= mean;
}

double lagged_sum(const std::vector<double>& series, std::size_t lag) {
  double sum = 0;
  for (std::size_t i = lag; i < series.size(); ++i) sum += series[i] * series[i - lag];
  return sum;
}

std::optional<double> lag1(std::span<const std::int64_t> values) {
  std::vector<double> series(values.begin(), values.end());
  centre(series);
  const double variance = lagged_sum(series, 0);
  if (series.size() < 3 || variance <= 0) return std::nullopt;
  return lagged_sum(series, 1) / variance;
}

std::optional<double> drift(std::span<const std::int64_t> values, double median) {
  const std::size_t third = values.size() / 3;
  if (third < 3 || median <= 0) return std::nullopt;
  const auto first = values.first(third);
  const auto last = values.last(third);
  return 100 * (median_of({last.begin(), last.end()}) - median_of({first.begin(), first.end()})) /
         median;
}

}  // namespace

double quantile(std::span<const double> sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return quantile(values, 0.5);
}

double autocorrelation_time(std::span<const std::int64_t> values, double median) {
  std::vector<double> series = signs(values, median);
  if (series.size() < 4) return 1;
  centre(series);
  const double variance = lagged_sum(series, 0);
  if (variance <= 0) return 1;
  double time = -1;
  for (std::size_t lag = 0; lag + 1 < series.size() / 2; lag += 2) {
    const double pair = (lagged_sum(series, lag) + lagged_sum(series, lag + 1)) / variance;
    if (pair <= 0) break;
    time += 2 * pair;
  }
  return std::max(1.0, time);
}

std::size_t median_interval_rank(std::size_t n, double autocorrelation_time) {
  if (autocorrelation_time <= 1 && n <= kExactUpTo) return exact_rank(n);
  const double count = static_cast<double>(n);
  const double rank = (count - kZ95 * std::sqrt(count * std::max(1.0, autocorrelation_time))) / 2;
  return rank < 1 ? 0 : static_cast<std::size_t>(rank);
}

Statistics summarise(std::span<const std::int64_t> values) {
  Statistics result;
  result.n = values.size();
  if (values.empty()) return result;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  result.median = quantile(sorted, 0.5);
  result.min = sorted.front();
  result.mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / sorted.size();
  result.iqr = quantile(sorted, 0.75) - quantile(sorted, 0.25);

  const double time = autocorrelation_time(values, result.median);
  result.n_effective = static_cast<double>(result.n) / time;
  if (const std::size_t rank = median_interval_rank(result.n, time); rank > 0)
    result.ci95 = Interval{sorted[rank - 1], sorted[result.n - rank]};

  std::vector<double> deviations;
  deviations.reserve(sorted.size());
  for (const double value : sorted) deviations.push_back(std::abs(value - result.median));
  result.mad = median_of(deviations);
  if (result.mad > 0)
    result.outliers = static_cast<std::size_t>(
        std::count_if(deviations.begin(), deviations.end(),
                      [&](double deviation) { return deviation > kOutlier * result.mad; }));

  if (result.n >= kSamplesForP5) {
    result.p5 = quantile(sorted, 0.05);
    result.p95 = quantile(sorted, 0.95);
  }
  if (result.n >= kSamplesForP99) result.p99 = quantile(sorted, 0.99);
  result.autocorr_lag1 = lag1(values);
  result.drift_pct = drift(values, result.median);
  return result;
}

std::optional<double> relative_half_width(const Statistics& statistics) {
  if (!statistics.ci95 || statistics.median <= 0) return std::nullopt;
  return std::max(statistics.median - statistics.ci95->low,
                  statistics.ci95->high - statistics.median) /
         statistics.median;
}

}  // namespace aiops::bench
