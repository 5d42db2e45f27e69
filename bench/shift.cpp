// SPDX-License-Identifier: Apache-2.0
// Two tests by ranks, which believe nothing about how times are distributed.
//
// Rounds: Wilcoxon's signed ranks (1945) of the differences within each round. What makes the test
// exact on a machine that is not quiet is the order drawn anew for each round: when both sides are
// the same, which of the two times in a round came out larger is a coin that we tossed ourselves,
// whatever the neighbours did, however long they did it, and however much rounds resemble each
// other. (Fisher, The Design of Experiments, 1935, section 21.) Rounds without a difference are
// ranked and then left out (Pratt 1959).
//
// Runs: Wilcoxon's rank sum, which is Mann and Whitney's test. It believes that runs are
// independent of each other and of when they were made, which nobody can see in a stored record.
//
// Both distributions are counted out for few numbers, also where ranks are tied, by adding one rank
// after the other to a table of sums; ranks are doubled so that the mean of two is whole. For many
// numbers they are normal. Estimate and interval turn the same tests around: the shifts that they
// would not refuse (Hodges and Lehmann 1963).
#include "bench/shift.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace aiops::bench {
namespace {

constexpr std::size_t kExactUpTo = 40;  // numbers; 2^40 is exact in a double
constexpr double kZ95 = 1.959963984540054;
constexpr double kTail95 = 0.025;

double normal_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

// Ranks from 1, twice over; equal numbers share the mean of theirs.
std::vector<std::size_t> doubled_ranks(std::span<const double> numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return numbers[a] < numbers[b]; });
  std::vector<std::size_t> ranks(numbers.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first;
    while (end < order.size() && numbers[order[end]] == numbers[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i) ranks[order[i]] = first + end + 1;
    first = end;
  }
  return ranks;
}

std::vector<std::size_t> plain_ranks(std::size_t n) {
  std::vector<std::size_t> ranks(n);
  for (std::size_t i = 0; i < n; ++i) ranks[i] = 2 * (i + 1);
  return ranks;
}

std::size_t sum_of(const std::vector<std::size_t>& ranks) {
  return std::accumulate(ranks.begin(), ranks.end(), std::size_t{0});
}

// How many subsets of `ranks` have each sum.
std::vector<double> subset_sums(const std::vector<std::size_t>& ranks) {
  std::vector<double> ways(sum_of(ranks) + 1);
  ways[0] = 1;
  for (const std::size_t rank : ranks)
    for (std::size_t sum = ways.size(); sum-- > rank;) ways[sum] += ways[sum - rank];
  return ways;
}

// The same of subsets of `size`.
std::vector<double> subset_sums(const std::vector<std::size_t>& ranks, std::size_t size) {
  std::vector<std::vector<double>> ways(size + 1, std::vector<double>(sum_of(ranks) + 1));
  ways[0][0] = 1;
  for (const std::size_t rank : ranks)
    for (std::size_t taken = size; taken > 0; --taken)
      for (std::size_t sum = ways[taken].size(); sum-- > rank;)
        ways[taken][sum] += ways[taken - 1][sum - rank];
  return ways[size];
}

double two_sided(const std::vector<double>& ways, std::size_t sum) {
  const auto at = ways.begin() + static_cast<std::ptrdiff_t>(sum);
  const double all = std::accumulate(ways.begin(), ways.end(), 0.0);
  const double below = std::accumulate(ways.begin(), at + 1, 0.0);
  const double above = std::accumulate(at, ways.end(), 0.0);
  return std::min(1.0, 2 * std::min(below, above) / all);
}

double two_sided(double sum, double mean, double variance) {
  if (variance <= 0) return 1;
  const double distance = std::max(0.0, std::abs(sum - mean) - 1);  // half of a doubled rank step
  return std::min(1.0, 2 * normal_tail(distance / std::sqrt(variance)));
}

// The largest l, from 1, with P(sum < l-th possible one) <= 2.5 %, of doubled plain ranks above
// `least`; 0 when there is none.
std::size_t rank_of_interval(const std::vector<double>& ways, std::size_t least) {
  const double all = std::accumulate(ways.begin(), ways.end(), 0.0);
  double below = 0;
  std::size_t rank = 0;
  for (std::size_t sum = least; sum < ways.size(); sum += 2, ++rank) {
    below += ways[sum];
    if (below > kTail95 * all) break;
  }
  return rank;
}

std::size_t rank_of_interval(double mean, double variance) {
  return static_cast<std::size_t>(std::max(0.0, mean + 0.5 - kZ95 * std::sqrt(variance)));
}

// The median of `shifts` and the interval between their `rank`-th from either end.
void estimate(std::vector<double>& shifts, std::size_t rank, Shift& result) {
  const auto pick = [&](std::size_t i) {
    const auto at = shifts.begin() + static_cast<std::ptrdiff_t>(i);
    std::nth_element(shifts.begin(), at, shifts.end());
    return *at;
  };
  const std::size_t n = shifts.size();
  result.estimate = n % 2 == 1 ? pick(n / 2) : (pick(n / 2 - 1) + pick(n / 2)) / 2;
  if (rank > 0) result.ci95 = Interval{pick(rank - 1), pick(n - rank)};
}

double signed_rank_p(std::span<const double> differences) {
  std::vector<double> sizes(differences.size());
  std::transform(differences.begin(), differences.end(), sizes.begin(),
                 [](double d) { return std::abs(d); });
  const auto all = doubled_ranks(sizes);
  std::vector<std::size_t> ranks;
  std::size_t positive = 0;
  double squares = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (differences[i] == 0) continue;
    ranks.push_back(all[i]);
    squares += static_cast<double>(all[i]) * static_cast<double>(all[i]);
    if (differences[i] > 0) positive += all[i];
  }
  if (ranks.size() <= kExactUpTo) return two_sided(subset_sums(ranks), positive);
  return two_sided(static_cast<double>(positive), static_cast<double>(sum_of(ranks)) / 2,
                   squares / 4);
}

double rank_sum_p(std::span<const double> before, std::span<const double> after) {
  std::vector<double> pooled(before.begin(), before.end());
  pooled.insert(pooled.end(), after.begin(), after.end());
  const auto ranks = doubled_ranks(pooled);
  const std::size_t sum = std::accumulate(
      ranks.begin() + static_cast<std::ptrdiff_t>(before.size()), ranks.end(), std::size_t{0});
  if (ranks.size() <= kExactUpTo) return two_sided(subset_sums(ranks, after.size()), sum);
  const auto n = static_cast<double>(ranks.size());
  const double mean = static_cast<double>(sum_of(ranks)) / n;
  double spread = 0;
  for (const std::size_t rank : ranks) spread += std::pow(static_cast<double>(rank) - mean, 2);
  const auto taken = static_cast<double>(after.size());
  return two_sided(static_cast<double>(sum), taken * mean,
                   taken * (n - taken) / (n * (n - 1)) * spread);
}

std::size_t signed_rank_interval(std::size_t n) {
  if (n <= kExactUpTo) return rank_of_interval(subset_sums(plain_ranks(n)), 0);
  const auto count = static_cast<double>(n);
  return rank_of_interval(count * (count + 1) / 4, count * (count + 1) * (2 * count + 1) / 24);
}

std::size_t rank_sum_interval(std::size_t m, std::size_t n) {
  if (m + n <= kExactUpTo) return rank_of_interval(subset_sums(plain_ranks(m + n), n), n * (n + 1));
  const auto a = static_cast<double>(m), b = static_cast<double>(n);
  return rank_of_interval(a * b / 2, a * b * (a + b + 1) / 12);
}

}  // namespace

Shift paired_shift(std::span<const double> differences) {
  Shift result;
  if (differences.empty()) return result;
  result.p = signed_rank_p(differences);
  std::vector<double> means;  // of every two differences, and of each with itself
  means.reserve(differences.size() * (differences.size() + 1) / 2);
  for (std::size_t i = 0; i < differences.size(); ++i)
    for (std::size_t k = 0; k <= i; ++k) means.push_back((differences[i] + differences[k]) / 2);
  estimate(means, signed_rank_interval(differences.size()), result);
  return result;
}

Shift unpaired_shift(std::span<const double> before, std::span<const double> after) {
  Shift result;
  if (before.empty() || after.empty()) return result;
  result.p = rank_sum_p(before, after);
  std::vector<double> shifts;
  shifts.reserve(before.size() * after.size());
  for (const double b : before)
    for (const double a : after) shifts.push_back(a - b);
  estimate(shifts, rank_sum_interval(before.size(), after.size()), result);
  return result;
}

std::size_t least_rounds(double alpha) {
  std::size_t n = 1;
  for (double p = 1; p > alpha; p /= 2) ++n;  // two of 2^n
  return n;
}

std::size_t least_runs(double alpha) {
  std::size_t m = 1;
  for (double p = 1; p > alpha; ++m)  // two of the ways to choose m of 2 m
    p *= (static_cast<double>(m) + 1) / (2 * (2 * static_cast<double>(m) + 1));
  return m;
}

double normal_upper_point(double share) {
  double low = -40, high = 40;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (normal_tail(middle) > share ? low : high) = middle;
  }
  return low;
}

}  // namespace aiops::bench
