// SPDX-License-Identifier: Apache-2.0
// When to stop must not look at which side is ahead, or chance would get as many tries as there are
// rounds. So it looks at how wide the interval of the difference is: half of it must be at most
// half of the threshold. Then a difference of nothing is seen to be below the threshold, and one of
// the threshold is hardly ever missed.
#include "bench/ab.hpp"

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/verdict.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::bench {
namespace {

// Rounds are compared two and two, which takes the square of their number.
constexpr std::size_t kMostRounds = 1000;

struct Sides {
  Group a, b;
  std::size_t measured;     // of each side
  std::vector<Case> cases;  // of the first, then of the second
  std::vector<Samples> samples;

  std::size_t rounds() const { return samples.empty() ? 0 : samples[0].values.size(); }
  const Samples& of_a(std::size_t i) const { return samples[i]; }
  const Samples& of_b(std::size_t i) const { return samples[a.cases.size() + i]; }
  std::vector<Measurement> describe_a() const {
    return a.describe({samples.begin(), samples.begin() + split()});
  }
  std::vector<Measurement> describe_b() const {
    return b.describe({samples.begin() + split(), samples.end()});
  }

 private:
  std::ptrdiff_t split() const { return static_cast<std::ptrdiff_t>(a.cases.size()); }
};

// Half of the interval of the logarithm of the ratio; a constant factor does not change it.
std::optional<double> half_width(const Samples& a, const Samples& b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < a.values.size(); ++i)
    ratios.push_back(std::log(static_cast<double>(std::max<std::int64_t>(1, b.values[i]))) -
                     std::log(static_cast<double>(std::max<std::int64_t>(1, a.values[i]))));
  const Shift shift = paired_shift(ratios);
  if (!shift.ci95) return std::nullopt;
  return (shift.ci95->high - shift.ci95->low) / 2;
}

class Ending {
 public:
  Ending(const Sides& sides, const AbRule& rule) : sides_(sides), rule_(rule) {}

  bool ends() {
    const std::size_t n = sides_.rounds();
    const SampleRule& rule = rule_.samples;
    if (rule.count) return n >= *rule.count;
    if (n >= kMostRounds) return true;
    if (sample_clock_ns() - begin_ns_ >= 2 * rule.timeout_ns) {
      reason_ = StopReason::timeout;
      return true;
    }
    if (n < rule.min_samples || n < next_look_) return false;
    next_look_ = n + n / 4 + 1;
    if (!all_narrow()) return false;
    reason_ = StopReason::converged;
    return true;
  }
  StopReason reason() const { return reason_; }

 private:
  bool all_narrow() const {
    const double most = std::log1p(rule_.policy.threshold) / 2;
    for (std::size_t i = 0; i < sides_.measured; ++i) {
      const auto width = half_width(sides_.of_a(i), sides_.of_b(i));
      if (!width || *width > most) return false;
    }
    return true;
  }

  const Sides& sides_;
  const AbRule& rule_;
  std::int64_t begin_ns_ = sample_clock_ns();
  std::size_t next_look_ = 0;
  StopReason reason_ = StopReason::count;
};

Run make_run(const AbRule& rule, std::size_t cases, const Json& subject) {
  Run run(rule.samples, cases);
  run.subject = subject;
  if (!rule.samples.count)
    run.stop_rule = {{"rule", kEffectWidthRule},
                     {"params",
                      {{"log_half_width", std::log1p(rule.policy.threshold) / 2},
                       {"min_samples", rule.samples.min_samples},
                       {"max_samples", kMostRounds},
                       {"timeout_ns", rule.samples.timeout_ns}}}};
  return run;
}

enum class Gate { decided, none };

std::vector<AbPair> records_of(const Sides& sides, const Run& run, const AbRule& rule, Gate wanted,
                               const Bench& bench) {
  const auto a = sides.describe_a(), b = sides.describe_b();
  std::vector<AbPair> pairs;
  for (std::size_t i = 0; i < sides.measured; ++i) {
    AbPair pair{make_record(run, a[i]), make_record(run, b[i])};
    if (wanted == Gate::decided) {
      pair.candidate["gate"] = gate_json(decide_rounds(pair.baseline, pair.candidate, rule.policy),
                                         rule.policy, "rounds");
      pair.candidate["gate"]["baseline_digest"] = record_digest(pair.baseline);
    }
    bench.emit(pair.baseline);
    bench.emit(pair.candidate);
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::vector<AbPair> measure_pair(const Suite::Item& a, const Suite::Item& b, std::size_t measured,
                                 const AbRule& rule, const Bench& bench) {
  Sides sides{a.make(), b.make(), measured, {}, {}};
  sides.cases = sides.a.cases;
  sides.cases.insert(sides.cases.end(), sides.b.cases.begin(), sides.b.cases.end());
  const Run run = make_run(rule, sides.cases.size(), bench.subject);
  Ending ending(sides, rule);
  const auto finish = [&](StopReason reason, Gate wanted) {
    for (Samples& samples : sides.samples) samples.stop = reason;
    return records_of(sides, run, rule, wanted, bench);
  };
  try {
    take_rounds(sides.cases, rule.samples, bench.stop, sides.samples,
                [&] { return ending.ends(); });
  } catch (const Error&) {
    if (sides.rounds() > 0) finish(StopReason::failed, Gate::none);
    throw;
  }
  return finish(ending.reason(), Gate::decided);
}

}  // namespace

std::vector<AbPair> measure_ab(const Suite& a, const Suite& b, const AbRule& rule,
                               const Bench& bench) {
  const std::size_t cases_a = a.items.size() * a.measured, cases_b = b.items.size() * b.measured;
  if (cases_a != cases_b || a.measured != b.measured)
    throw Error(ExitCode::usage, "A has " + counted(cases_a, "case") + " and B " +
                                     std::to_string(cases_b) + ": each is compared with one");
  AbRule each = rule;
  each.policy.comparisons = cases_a;
  std::vector<AbPair> pairs;
  Task task(bench.status, a.name, a.items.size(), Status::Unit::items);
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    const std::string &of_a = a.items[i].note, &of_b = b.items[i].note;
    task.note(of_a == of_b ? of_a : of_a + " and " + of_b);
    for (AbPair& pair : measure_pair(a.items[i], b.items[i], a.measured, each, bench))
      pairs.push_back(std::move(pair));
    task.advance(1);
  }
  return pairs;
}

}  // namespace aiops::bench
