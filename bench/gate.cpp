// SPDX-License-Identifier: Apache-2.0
// Three answers, and "no regression" has to be earned like the others: it takes an interval that
// ends below the threshold and is narrow enough to see one of that size. One that is wide ends
// below it in one of forty trials by chance alone: a machine so noisy gets "undecided".
//
// Times are compared by their logarithms: a program that is a tenth slower is a tenth slower in
// every round, whatever the machine did to both of its sides.
#include "bench/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aiops::bench {
namespace {

constexpr double kNineOfTen = 1.2815515655446004;  // sigmas
constexpr double kZ95 = 1.959963984540054;

std::string percent(double share) { return fmt::format("{:+.2g} %", 100 * share); }

Decision decide(const Shift& shift, std::size_t n, std::size_t least, const char* unit,
                const GatePolicy& policy) {
  const double alpha = policy.alpha_of_one(), threshold = std::log1p(policy.threshold);
  Decision decision;
  decision.n = n;
  decision.effect = std::expm1(shift.estimate);
  decision.p = shift.p;
  if (shift.ci95) {
    decision.ci95 = Interval{std::expm1(shift.ci95->low), std::expm1(shift.ci95->high)};
    const double sigma = (shift.ci95->high - shift.ci95->low) / (2 * kZ95);
    decision.detectable =
        std::expm1(std::max(normal_upper_point(alpha / 2) * sigma, threshold) + kNineOfTen * sigma);
  }
  const bool by_chance = shift.p > alpha;
  if (n < least)
    decision.reason = fmt::format("{} {}, and fewer than {} cannot tell", n, unit, least);
  else if (!by_chance && shift.estimate >= threshold)
    decision.verdict = Verdict::regression;
  else if (!by_chance && shift.estimate <= -threshold)
    decision.verdict = Verdict::faster;
  else if (shift.ci95 && shift.ci95->high <= threshold &&
           shift.ci95->high - shift.ci95->low <= 2 * threshold)
    decision.verdict = Verdict::ok;
  else
    decision.reason = fmt::format("anything from {} to {} is possible",
                                  percent(decision.ci95 ? decision.ci95->low : -1),
                                  percent(decision.ci95 ? decision.ci95->high : 1));
  return decision;
}

}  // namespace

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::faster:
      return "faster";
    case Verdict::regression:
      return "regression";
    case Verdict::undecided:
      return "undecided";
  }
  return "";
}

Decision decide_paired(std::span<const double> log_ratios, const GatePolicy& policy) {
  return decide(paired_shift(log_ratios), log_ratios.size(), least_rounds(policy.alpha_of_one()),
                "rounds", policy);
}

Decision decide_stored(std::span<const double> log_before, std::span<const double> log_after,
                       const GatePolicy& policy) {
  return decide(unpaired_shift(log_before, log_after),
                std::min(log_before.size(), log_after.size()), least_runs(policy.alpha_of_one()),
                "runs", policy);
}

}  // namespace aiops::bench
